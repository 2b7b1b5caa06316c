/* Reset, vector table and the last resort of a fault. */
#include "board.h"

extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[];
extern uint32_t __stack_bottom[], __stack_top[];
extern const uint8_t __legal_start[], __legal_end[];
int main(int, char **);

enum { STACK_PAINT = 0x5AA5C33C, FAULT_EXIT_CODE = 99 };
static volatile uint32_t *const CPACR = (volatile uint32_t *)0xE000ED88;

_Noreturn void Reset_Handler(void) {
  for (uint32_t *from = __data_load, *to = __data_start; to < __data_end;) *to++ = *from++;
  for (uint32_t *to = __bss_start; to < __bss_end;) *to++ = 0;
  /* Everything below this frame is unused yet: paint it to see later how deep the stack went. */
  for (uint32_t *to = __stack_bottom; to < (uint32_t *)__builtin_frame_address(0) - 16;)
    *to++ = STACK_PAINT;
  *CPACR |= 0xFu << 20; /* full access to the floating-point unit */
  __asm volatile("dsb\n isb" ::: "memory");
  board_time_start();
  board_uart_start();
  main(0, 0);
  board_exit(0);
}

uint32_t board_stack_bytes(void) {
  const uint32_t *word = __stack_bottom;
  while (word < __stack_top && *word == STACK_PAINT) word++;
  return (uint32_t)((const uint8_t *)__stack_top - (const uint8_t *)word);
}

const uint8_t *board_legal_code(void) { return __legal_start; }
uint32_t board_legal_bytes(void) { return (uint32_t)(__legal_end - __legal_start); }
void board_alter_legal_code(void) { ((volatile uint32_t *)(uintptr_t)__legal_end)[-1] ^= 1; }

static uint32_t i2c_faults;
uint32_t board_i2c_faults(void) { return i2c_faults; }
void board_count_i2c_fault(void) { i2c_faults++; }

/* --- faults: a Swift trap, a bad access, an unexpected exception --------------------------- */
/* Says where it happened, past all rings since nothing else can be trusted any more. */
__attribute__((used)) static void report_fault(const uint32_t *frame) {
  uint32_t pc = frame[6];
  for (const char *text = "fault pc=0x"; *text; text++) board_uart_put_now(0, (uint8_t)*text);
  for (int shift = 28; shift >= 0; shift -= 4)
    board_uart_put_now(0, (uint8_t)"0123456789abcdef"[pc >> shift & 15]);
  board_uart_put_now(0, '\n');
  board_exit(FAULT_EXIT_CODE);
}

__attribute__((naked)) static void Fault_Handler(void) {
  __asm volatile("mov r0, sp\n b report_fault");
}

typedef void (*handler)(void);

/* Exceptions 1...15 of the Cortex-M4, then the interrupts of MPS2 AN386: receive and transmit of
   UART0...UART2 at 0...5, of UART3 and UART4 at 18...21. */
__attribute__((section(".vectors"), used)) static const handler vectors[16 + 22] = {
    [0] = (handler)__stack_top,
    [1] = (handler)Reset_Handler,
    [2] = Fault_Handler,
    [3] = Fault_Handler,
    [4] = Fault_Handler,
    [5] = Fault_Handler,
    [6] = Fault_Handler,
    [11] = Fault_Handler,
    [14] = Fault_Handler,
    [15] = SysTick_Handler,
    [16 + 0] = UART0_Handler,
    [16 + 1] = UART0_Handler,
    [16 + 2] = UART1_Handler,
    [16 + 3] = UART1_Handler,
    [16 + 4] = UART2_Handler,
    [16 + 5] = UART2_Handler,
    [16 + 18] = UART3_Handler,
    [16 + 19] = UART3_Handler,
    [16 + 20] = UART4_Handler,
    [16 + 21] = UART4_Handler,
};
