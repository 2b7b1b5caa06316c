/* CMSDK APB UARTs with interrupt-driven rings. The receiver holds a single byte; a full ring
   leaves it there, which holds the sender back (QEMU stops reading the socket). */
#include "board.h"

typedef struct {
  volatile uint32_t data, state, control, interrupt, divider;
} registers;
enum { STATE_TX_FULL = 1, STATE_RX_FULL = 2 };
enum { CONTROL_TX = 1, CONTROL_RX = 2, CONTROL_TX_INTERRUPT = 4, CONTROL_RX_INTERRUPT = 8 };
enum { INTERRUPT_TX = 1, INTERRUPT_RX = 2 };
enum { BAUD = 115200 };

/* Positions run freely and are reduced by the mask; size is a power of two. */
typedef struct {
  uint8_t *bytes;
  uint32_t mask;
  volatile uint32_t written, read;
} ring;
typedef struct {
  registers *device;
  uint8_t receive_irq;
  bool stalled;
  uint32_t stalls;
  ring in, out;
} port;

#define RING(name, size) \
  static uint8_t name[size]; \
  _Static_assert((size & (size - 1)) == 0, "a power of two")
RING(in0, 64);
RING(out0, 1024);
RING(in1, 512);
RING(out1, 512);
RING(in2, 512);
RING(out2, 512);
RING(in3, 512);
RING(out3, 512);
RING(in4, 2048);
RING(out4, 64);
#define PORT(address, irq, in_bytes, out_bytes) \
  { \
    .device = (registers *)address, .receive_irq = irq, \
    .in = {in_bytes, sizeof in_bytes - 1, 0, 0}, .out = {out_bytes, sizeof out_bytes - 1, 0, 0} \
  }
static port ports[BOARD_UART_COUNT] = {
    PORT(0x40004000, 0, in0, out0),  PORT(0x40005000, 2, in1, out1),
    PORT(0x40006000, 4, in2, out2),  PORT(0x40007000, 18, in3, out3),
    PORT(0x40009000, 20, in4, out4),
};

static uint32_t used(const ring *r) { return r->written - r->read; }
static bool is_full(const ring *r) { return used(r) > r->mask; }

/* Empties the receiver into the ring. Interrupts masked, or inside the handler. */
static void take(port *p) {
  while (p->device->state & STATE_RX_FULL) {
    if (is_full(&p->in)) {
      p->device->control &= ~(uint32_t)CONTROL_RX_INTERRUPT;
      p->stalled = true;
      p->stalls++;
      return;
    }
    p->in.bytes[p->in.written & p->in.mask] = (uint8_t)p->device->data;
    p->in.written++;
  }
}

/* Feeds the transmitter from the ring. Interrupts masked, or inside the handler. */
static void give(port *p) {
  while (used(&p->out) && !(p->device->state & STATE_TX_FULL)) {
    p->device->data = p->out.bytes[p->out.read & p->out.mask];
    p->out.read++;
  }
}

static void handle(port *p) {
  p->device->interrupt = INTERRUPT_TX | INTERRUPT_RX;
  if (!p->stalled) take(p);
  give(p);
}
void UART0_Handler(void) { handle(&ports[0]); }
void UART1_Handler(void) { handle(&ports[1]); }
void UART2_Handler(void) { handle(&ports[2]); }
void UART3_Handler(void) { handle(&ports[3]); }
void UART4_Handler(void) { handle(&ports[4]); }

void board_uart_start(void) {
  volatile uint32_t *const set_enable = (volatile uint32_t *)0xE000E100;
  for (uint32_t n = 0; n < BOARD_UART_COUNT; n++) {
    port *p = &ports[n];
    p->device->divider = BOARD_CORE_HERTZ / BAUD;
    *set_enable = 3u << p->receive_irq; /* the transmit interrupt is always the next one */
    p->device->control = CONTROL_TX | CONTROL_RX | CONTROL_TX_INTERRUPT | CONTROL_RX_INTERRUPT;
  }
}

uint32_t board_uart_receive(uint32_t number, uint8_t *bytes, uint32_t capacity) {
  if (number >= BOARD_UART_COUNT) return 0;
  port *p = &ports[number];
  uint32_t count = used(&p->in);
  if (count > capacity) count = capacity;
  for (uint32_t n = 0; n < count; n++) bytes[n] = p->in.bytes[(p->in.read + n) & p->in.mask];
  p->in.read += count;
  if (p->stalled && count) {
    uint32_t state = board_mask_interrupts();
    p->stalled = false;
    p->device->control |= CONTROL_RX_INTERRUPT;
    take(p); /* the byte that waited in the receiver raises no interrupt of its own */
    board_restore_interrupts(state);
  }
  return count;
}

uint32_t board_uart_send(uint32_t number, const uint8_t *bytes, uint32_t count) {
  if (number >= BOARD_UART_COUNT) return 0;
  port *p = &ports[number];
  uint32_t taken = 0;
  while (taken < count && !is_full(&p->out)) {
    p->out.bytes[p->out.written & p->out.mask] = bytes[taken++];
    p->out.written++;
  }
  uint32_t state = board_mask_interrupts();
  give(p);
  board_restore_interrupts(state);
  return taken;
}

bool board_uart_is_sent(uint32_t number) {
  if (number >= BOARD_UART_COUNT) return true;
  port *p = &ports[number];
  return !used(&p->out) && !(p->device->state & STATE_TX_FULL);
}

uint32_t board_uart_stalls(uint32_t number) {
  return number < BOARD_UART_COUNT ? ports[number].stalls : 0;
}

bool board_uart_has_input(void) {
  for (uint32_t n = 0; n < BOARD_UART_COUNT; n++)
    if (used(&ports[n].in)) return true;
  return false;
}

__attribute__((noinline)) void board_uart_put_now(uint32_t number, uint8_t byte) {
  registers *device = ports[number].device;
  /* Bounded: with a reader that has stopped, the exit code must still come out. */
  for (uint32_t n = 0; n < 1000000 && device->state & STATE_TX_FULL; n++) {
  }
  device->data = byte;
}
