/* The sample path of the measuring systems in plain C: the yardstick of the benchmarks.
   Same algorithm, same bits as Metrology's SampleAccumulator. */
#ifndef C_REFERENCE_H
#define C_REFERENCE_H
#include <stdint.h>

enum { C_CHUNK = 64 };

typedef struct {
  int64_t ui, uu, ii, u, i, uc, us, ic, is;
} c_sums;

typedef struct {
  int32_t u, i;
  int64_t uc, us, ic, is;
} c_chunk;

typedef struct {
  uint32_t phase, increment;
  int32_t cosine[C_CHUNK], sine[C_CHUNK];
  int32_t base_cosine, base_sine, chunk_cosine, chunk_sine;
  c_sums sums[3];
  c_chunk chunk[3];
  int32_t position, chunk_end;
  uint32_t taken, window;
} c_accumulator;

/* The rotation tables are handed in, so that the yardstick needs no trigonometry. */
void c_accumulator_open(c_accumulator *a, uint32_t samples);
/* One set u1 i1 u2 i2 u3 i3; 1 when the window is complete. */
int c_accumulator_add(c_accumulator *a, const int32_t *set);
/* The same, inlined into the loop that a caller in C would write. */
void c_accumulator_run(c_accumulator *a, const int32_t *sets, uint32_t count);
#endif
