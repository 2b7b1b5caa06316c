/* The part of the board that must be C: vectors, interrupts, run-time routines. */
#ifndef CBOARD_H
#define CBOARD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- registers ---------------------------------------------------------------------------- */
static inline void board_write32(uintptr_t address, uint32_t value) {
  *(volatile uint32_t *)address = value;
}
static inline uint32_t board_read32(uintptr_t address) {
  return *(volatile uint32_t *)address;
}

/* --- run time ----------------------------------------------------------------------------- */
/* Ends the emulation with a process exit code through semihosting. */
_Noreturn void board_exit(int32_t code);
/* Allocations made since reset; must not grow once the main loop has begun. */
uint32_t board_heap_allocations(void);
/* Bytes of the heap ever handed out, headers included. */
uint32_t board_heap_bytes(void);
/* Deepest use of the stack since reset, in bytes. */
uint32_t board_stack_bytes(void);
/* The executable legal code: the .legal section of the image. */
const uint8_t *board_legal_code(void);
uint32_t board_legal_bytes(void);
/* Alters one word of that section that is never executed, for the test that the device notices;
   possible here because the emulated code memory can be written. */
void board_alter_legal_code(void);

/* --- time --------------------------------------------------------------------------------- */
enum { BOARD_CORE_HERTZ = 25000000, BOARD_TICK_HERTZ = 100 };
/* Core clock cycles since start-up: SysTick interrupts plus the running counter. Under
   `-icount shift=0` one cycle is 40 instructions, exactly. */
uint64_t board_cycles(void);
/* Sleeps until an interrupt unless a receive ring holds bytes. */
void board_wait_for_input(void);

/* --- serial ports ------------------------------------------------------------------------- */
enum { BOARD_UART_COUNT = 5 };
/* Copies received bytes out of a port's ring; returns how many, 0...capacity. A full ring leaves
   further bytes in the receiver, so that the sender is held back and nothing is lost. */
uint32_t board_uart_receive(uint32_t port, uint8_t *bytes, uint32_t capacity);
/* Queues bytes for a port; returns how many were taken, 0...count. */
uint32_t board_uart_send(uint32_t port, const uint8_t *bytes, uint32_t count);
/* True once everything queued has left the port. */
bool board_uart_is_sent(uint32_t port);
/* How often the port's receive ring was full and held its sender back. */
uint32_t board_uart_stalls(uint32_t port);

/* --- files of the host, by semihosting: for the bench only ---------------------------------- */
/* A handle, or a negative number. The name ends with a zero that is not counted. */
int32_t board_file_open(const uint8_t *name, uint32_t bytes);
/* Returns how many bytes were read; 0 at the end. */
uint32_t board_file_read(int32_t file, uint8_t *bytes, uint32_t capacity);
void board_file_close(int32_t file);

/* --- counters ----------------------------------------------------------------------------- */
/* I2C transfers that were not acknowledged in time; reads cannot carry the error upward. */
uint32_t board_i2c_faults(void);
void board_count_i2c_fault(void);

#endif
