// What compiled kernels and the engine that runs them know of each other.
#ifndef MSL_ENGINE_H
#define MSL_ENGINE_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint32_t thread_position_in_grid;
  uint32_t thread_position_in_threadgroup;
  uint32_t threadgroup_position_in_grid;
  uint32_t threads_per_threadgroup;
} msl_ids;

// A launcher calls one kernel for one thread.
typedef void (*msl_launcher)(void *const *buffers, const msl_ids *ids);

#ifdef __cplusplus
extern "C" {
#endif
void msl_barrier(void);
#ifdef __cplusplus
}
#endif
#endif
