/* SysTick as time base and as the pulse that wakes an idle core. */
#include "board.h"

static volatile uint32_t *const SYST_CSR = (volatile uint32_t *)0xE000E010;
static volatile uint32_t *const SYST_RVR = (volatile uint32_t *)0xE000E014;
static volatile uint32_t *const SYST_CVR = (volatile uint32_t *)0xE000E018;
static volatile uint32_t *const ICSR = (volatile uint32_t *)0xE000ED04;
enum { PENDSTSET = 1 << 26 }; /* the SysTick exception is pending */
enum { RELOAD = BOARD_CORE_HERTZ / BOARD_TICK_HERTZ };

static volatile uint32_t ticks;
void SysTick_Handler(void) { ticks++; }

void board_time_start(void) {
  *SYST_RVR = RELOAD - 1;
  *SYST_CVR = 0;
  *SYST_CSR = 7; /* core clock, interrupt, enable */
  while (*SYST_CVR == 0) {
  } /* the counter reads 0 until its first reload */
}

uint64_t board_cycles(void) {
  /* A reload whose interrupt still waits must be counted, or time would step back. The ticks
     wrap after 497 days. */
  uint32_t state = board_mask_interrupts();
  uint32_t count = ticks, value = *SYST_CVR;
  if (*ICSR & PENDSTSET) {
    count++;
    value = *SYST_CVR;
  }
  board_restore_interrupts(state);
  return (uint64_t)count * RELOAD + (RELOAD - 1 - value);
}

void board_wait_for_input(void) {
  /* WFI wakes on a pending interrupt although it is masked, so none can slip in between. */
  uint32_t state = board_mask_interrupts();
  if (!board_uart_has_input()) __asm volatile("wfi" ::: "memory");
  board_restore_interrupts(state);
}
