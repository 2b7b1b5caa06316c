/* What the C files of the board share among themselves. */
#ifndef BOARD_H
#define BOARD_H
#include "CBoard.h"

void board_time_start(void);
void board_uart_start(void);
/* Sends one byte by polling, past the ring: for the fault handler only. */
void board_uart_put_now(uint32_t port, uint8_t byte);
/* True when any receive ring holds bytes. Interrupts must be masked. */
bool board_uart_has_input(void);

void SysTick_Handler(void);
void UART0_Handler(void);
void UART1_Handler(void);
void UART2_Handler(void);
void UART3_Handler(void);
void UART4_Handler(void);

/* Interrupts stay masked between the two calls; nesting is kept by the returned state. */
static inline uint32_t board_mask_interrupts(void) {
  uint32_t state;
  __asm volatile("mrs %0, primask\n cpsid i" : "=r"(state)::"memory");
  return state;
}
static inline void board_restore_interrupts(uint32_t state) {
  __asm volatile("msr primask, %0" ::"r"(state) : "memory");
}

#endif
