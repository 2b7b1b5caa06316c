#include "CReference.h"

static inline void system_add(c_sums *w, c_chunk *k, int32_t u, int32_t i, int32_t c, int32_t s) {
  w->ui += (int64_t)u * i;
  w->uu += (int64_t)u * u;
  w->ii += (int64_t)i * i;
  k->u += u;
  k->i += i;
  k->uc += (int64_t)u * c;
  k->us += (int64_t)u * s;
  k->ic += (int64_t)i * c;
  k->is += (int64_t)i * s;
}

static inline int32_t narrowed(int64_t x) { return (int32_t)((x + ((int64_t)1 << 28)) >> 29); }

static inline void book(c_sums *w, c_chunk *k, int32_t c, int32_t s) {
  w->u += k->u;
  w->i += k->i;
  int32_t uc = narrowed(k->uc), us = narrowed(k->us), ic = narrowed(k->ic), is = narrowed(k->is);
  w->uc += (int64_t)uc * c - (int64_t)us * s;
  w->us += (int64_t)uc * s + (int64_t)us * c;
  w->ic += (int64_t)ic * c - (int64_t)is * s;
  w->is += (int64_t)ic * s + (int64_t)is * c;
  *k = (c_chunk){0};
}

static __attribute__((noinline)) int close_chunk(c_accumulator *a) {
  int32_t c = a->base_cosine >> 5, s = a->base_sine >> 5;
  for (int n = 0; n < 3; n++) book(&a->sums[n], &a->chunk[n], c, s);
  a->taken += (uint32_t)a->position;
  a->position = 0;
  uint32_t left = a->window - a->taken;
  a->chunk_end = left < C_CHUNK ? (int32_t)left : C_CHUNK;
  if (left == 0) return 1;
  int64_t half = (int64_t)1 << 29;
  int64_t x = (int64_t)a->base_cosine * a->chunk_cosine - (int64_t)a->base_sine * a->chunk_sine;
  int64_t y = (int64_t)a->base_sine * a->chunk_cosine + (int64_t)a->base_cosine * a->chunk_sine;
  a->base_cosine = (int32_t)((x + half) >> 30);
  a->base_sine = (int32_t)((y + half) >> 30);
  return 0;
}

void c_accumulator_open(c_accumulator *a, uint32_t samples) {
  for (int n = 0; n < 3; n++) {
    a->sums[n] = (c_sums){0};
    a->chunk[n] = (c_chunk){0};
  }
  a->taken = 0;
  a->position = 0;
  a->window = samples;
  a->chunk_end = samples < C_CHUNK ? (int32_t)samples : C_CHUNK;
}

static inline int add(c_accumulator *a, const int32_t *f) {
  int32_t c = a->cosine[a->position & 63], s = a->sine[a->position & 63];
  system_add(&a->sums[0], &a->chunk[0], f[0], f[1], c, s);
  system_add(&a->sums[1], &a->chunk[1], f[2], f[3], c, s);
  system_add(&a->sums[2], &a->chunk[2], f[4], f[5], c, s);
  a->position++;
  return a->position == a->chunk_end ? close_chunk(a) : 0;
}

int c_accumulator_add(c_accumulator *a, const int32_t *set) { return add(a, set); }

void c_accumulator_run(c_accumulator *a, const int32_t *sets, uint32_t count) {
  for (; count; count--, sets += 6)
    if (add(a, sets)) c_accumulator_open(a, a->window);
}
