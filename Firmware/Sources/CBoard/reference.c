/* The sample path of the measuring systems as a C programmer would write it: the same sums, chunks
   and shifts as SampleAccumulator in Metrology. It is what the instruction counts of the Swift form
   are compared with, in the same run; nothing is metered with it. */
#include "CBoard.h"

enum { CHUNK = 64, BASE_SHIFT = 5, CHUNK_SHIFT = 29 };

static void rotate(int32_t *c, int32_t *s, int32_t by_c, int32_t by_s) {
  const int64_t half = 1 << 29;
  int64_t x = ((int64_t)*c * by_c - (int64_t)*s * by_s + half) >> 30;
  int64_t y = ((int64_t)*s * by_c + (int64_t)*c * by_s + half) >> 30;
  *c = (int32_t)x;
  *s = (int32_t)y;
}

static void open_window(board_reference *r) {
  for (int n = 0; n < 3; n++) r->sums[n] = (board_window_sums){0};
  r->taken = 0;
  r->position = 0;
  r->chunk_end = r->window_samples < CHUNK ? (int32_t)r->window_samples : CHUNK;
}

void board_reference_start(
    board_reference *r, uint32_t samples, int32_t step_cosine, int32_t step_sine,
    int32_t chunk_cosine, int32_t chunk_sine) {
  int32_t c = 1 << 30, s = 0;
  for (int n = 0; n < CHUNK; n++) {
    r->cosine[n] = c;
    r->sine[n] = s;
    rotate(&c, &s, step_cosine, step_sine);
  }
  r->base_cosine = 1 << 30;
  r->base_sine = 0;
  r->chunk_cosine = chunk_cosine;
  r->chunk_sine = chunk_sine;
  r->window_samples = samples;
  for (int n = 0; n < 3; n++) r->chunk[n] = (board_chunk_sums){0};
  open_window(r);
}

static inline void add(
    board_window_sums *sums, board_chunk_sums *chunk, int32_t u, int32_t i, int32_t c, int32_t s) {
  sums->ui += (int64_t)u * i;
  sums->uu += (int64_t)u * u;
  sums->ii += (int64_t)i * i;
  chunk->u += u;
  chunk->i += i;
  chunk->uc += (int64_t)u * c;
  chunk->us += (int64_t)u * s;
  chunk->ic += (int64_t)i * c;
  chunk->is += (int64_t)i * s;
}

static int32_t narrowed(int64_t sum) {
  return (int32_t)((sum + (1 << (CHUNK_SHIFT - 1))) >> CHUNK_SHIFT);
}

/* Books the open chunk into the window; true when the window is complete. */
__attribute__((noinline)) static bool close_chunk(board_reference *r) {
  int32_t c = r->base_cosine >> BASE_SHIFT, s = r->base_sine >> BASE_SHIFT;
  for (int n = 0; n < 3; n++) {
    board_chunk_sums *k = &r->chunk[n];
    board_window_sums *w = &r->sums[n];
    w->u += k->u;
    w->i += k->i;
    int32_t uc = narrowed(k->uc), us = narrowed(k->us);
    int32_t ic = narrowed(k->ic), is = narrowed(k->is);
    w->uc += (int64_t)uc * c - (int64_t)us * s;
    w->us += (int64_t)uc * s + (int64_t)us * c;
    w->ic += (int64_t)ic * c - (int64_t)is * s;
    w->is += (int64_t)ic * s + (int64_t)is * c;
    *k = (board_chunk_sums){0};
  }
  r->taken += (uint32_t)r->position;
  r->position = 0;
  uint32_t left = r->window_samples - r->taken;
  r->chunk_end = left < CHUNK ? (int32_t)left : CHUNK;
  if (left == 0) return true;
  rotate(&r->base_cosine, &r->base_sine, r->chunk_cosine, r->chunk_sine);
  return false;
}

int64_t board_reference_add(board_reference *r, const int32_t *sets, uint32_t count) {
  int64_t total = 0;
  for (; count; count--, sets += 6) {
    int32_t c = r->cosine[r->position & (CHUNK - 1)], s = r->sine[r->position & (CHUNK - 1)];
    for (int n = 0; n < 3; n++)
      add(&r->sums[n], &r->chunk[n], sets[2 * n], sets[2 * n + 1], c, s);
    r->position++;
    if (r->position == r->chunk_end && close_chunk(r)) {
      total += r->sums[0].ui;
      open_window(r);
    }
  }
  return total;
}
