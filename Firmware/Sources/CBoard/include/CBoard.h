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

/* --- the sample path in C, to compare with ------------------------------------------------- */
typedef struct {
  int64_t ui, uu, ii, u, i, uc, us, ic, is;
} board_window_sums;
typedef struct {
  int32_t u, i;
  int64_t uc, us, ic, is;
} board_chunk_sums;
typedef struct {
  int32_t cosine[64], sine[64];
  int32_t base_cosine, base_sine, chunk_cosine, chunk_sine;
  board_window_sums sums[3];
  board_chunk_sums chunk[3];
  int32_t position, chunk_end;
  uint32_t taken, window_samples;
} board_reference;
/* Starts a window of so many samples. Angles are cosine and sine in Q30: of one sample's step and
   of 64 steps; the window begins at angle 0. */
void board_reference_start(
    board_reference *reference, uint32_t samples, int32_t step_cosine, int32_t step_sine,
    int32_t chunk_cosine, int32_t chunk_sine);
/* Adds sample sets (u1 i1 u2 i2 u3 i3); windows follow each other. Returns the ui sum of system 1
   over all windows completed in this call. */
int64_t board_reference_add(board_reference *reference, const int32_t *sets, uint32_t count);

/* --- counters ----------------------------------------------------------------------------- */
/* I2C transfers that were not acknowledged in time; reads cannot carry the error upward. */
uint32_t board_i2c_faults(void);
void board_count_i2c_fault(void);

#endif
