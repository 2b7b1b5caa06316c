/* Arm semihosting 2.0: the way out of the emulation, and files of the host for the bench. */
#include "board.h"

enum { SYS_OPEN = 1, SYS_CLOSE = 2, SYS_READ = 6, SYS_EXIT_EXTENDED = 0x20 };
enum { MODE_READ_BINARY = 1, APPLICATION_EXIT = 0x20026 };

static int32_t call(uint32_t operation, const void *block) {
  register uint32_t r0 __asm("r0") = operation;
  register const void *r1 __asm("r1") = block;
  __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return (int32_t)r0;
}

_Noreturn void board_exit(int32_t code) {
  const uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)code};
  for (;;) call(SYS_EXIT_EXTENDED, block);
}

int32_t board_file_open(const uint8_t *name, uint32_t bytes) {
  const uint32_t block[3] = {(uintptr_t)name, MODE_READ_BINARY, bytes};
  return call(SYS_OPEN, block);
}

uint32_t board_file_read(int32_t file, uint8_t *bytes, uint32_t capacity) {
  const uint32_t block[3] = {(uint32_t)file, (uintptr_t)bytes, capacity};
  uint32_t left = (uint32_t)call(SYS_READ, block); /* how many were not read */
  return left <= capacity ? capacity - left : 0;
}

void board_file_close(int32_t file) {
  const uint32_t block[1] = {(uint32_t)file};
  call(SYS_CLOSE, block);
}
