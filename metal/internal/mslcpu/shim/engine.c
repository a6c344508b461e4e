// The engine runs the threads of one threadgroup after the other on one CPU
// thread. Each GPU thread is a fiber with a stack of its own; a barrier switches
// to the next fiber. Order is chosen by the caller, so that code which forgets a
// barrier gives different results under different orders.
#define _GNU_SOURCE
#include "engine.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_THREADS = 1024, STACK = 64 * 1024 };
enum state { NEW, READY, AT_BARRIER, DONE };

struct fiber {
  void *sp;
  char *stack;
  enum state state;
  msl_ids ids;
};

static struct fiber fibers[MAX_THREADS];
static struct fiber *current;
static void *scheduler_sp;
static msl_launcher launcher;
static void *const *arguments;
static char message[256];

// msl_switch saves the callee-saved registers and the stack pointer, and takes
// up another stack.
void msl_switch(void **save, void *to);
#if defined(__x86_64__)
enum { SAVED = 6 };
__asm__(".text\n.globl msl_switch\n.type msl_switch,@function\nmsl_switch:\n"
        "push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\n"
        "mov %rsp,(%rdi)\nmov %rsi,%rsp\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n");
#elif defined(__aarch64__)
enum { FRAME = 160, LINK = 88 };
__asm__(".text\n.globl msl_switch\n.type msl_switch,%function\nmsl_switch:\n"
        "sub sp,sp,#160\n"
        "stp x19,x20,[sp,#0]\nstp x21,x22,[sp,#16]\nstp x23,x24,[sp,#32]\n"
        "stp x25,x26,[sp,#48]\nstp x27,x28,[sp,#64]\nstp x29,x30,[sp,#80]\n"
        "stp d8,d9,[sp,#96]\nstp d10,d11,[sp,#112]\nstp d12,d13,[sp,#128]\nstp d14,d15,[sp,#144]\n"
        "mov x9,sp\nstr x9,[x0]\nmov sp,x1\n"
        "ldp x19,x20,[sp,#0]\nldp x21,x22,[sp,#16]\nldp x23,x24,[sp,#32]\n"
        "ldp x25,x26,[sp,#48]\nldp x27,x28,[sp,#64]\nldp x29,x30,[sp,#80]\n"
        "ldp d8,d9,[sp,#96]\nldp d10,d11,[sp,#112]\nldp d12,d13,[sp,#128]\nldp d14,d15,[sp,#144]\n"
        "add sp,sp,#160\nret\n");
#else
#error "the engine knows x86-64 and arm64"
#endif

static void yield(void) { msl_switch(&current->sp, scheduler_sp); }

void msl_barrier(void) {
  current->state = AT_BARRIER;
  yield();
}

static void first(void) {
  launcher(arguments, &current->ids);
  current->state = DONE;
  for (;;) yield();
}

// fresh prepares a stack whose first switch enters first().
static int fresh(struct fiber *f) {
  if (!f->stack) {
    f->stack = mmap(0, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (f->stack == MAP_FAILED || mprotect(f->stack, 4096, PROT_NONE) != 0) return 0;
  }
  char *top = f->stack + STACK;
#if defined(__x86_64__)
  void **sp = (void **)top;
  *--sp = 0;
  *--sp = (void *)first;
  sp -= SAVED;
  memset(sp, 0, SAVED * sizeof *sp);
  f->sp = sp;
#else
  char *sp = top - FRAME;
  memset(sp, 0, FRAME);
  *(void **)(sp + LINK) = (void *)first;
  f->sp = sp;
#endif
  f->state = READY;
  return 1;
}

static uint32_t random_state;
static uint32_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

// arrange fills order with 0 to n-1: ascending, descending, or shuffled.
static void arrange(uint32_t *order, uint32_t n, uint32_t how) {
  for (uint32_t i = 0; i < n; i++) order[i] = how == 1 ? n - 1 - i : i;
  if (how < 2) return;
  for (uint32_t i = n - 1; i > 0; i--) {
    uint32_t j = next_random() % (i + 1), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
}

// group runs one threadgroup to its end.
static int group(uint32_t n, uint32_t how) {
  static uint32_t order[MAX_THREADS];
  for (uint32_t i = 0; i < n; i++)
    if (!fresh(&fibers[i])) return snprintf(message, sizeof message, "no memory for stacks"), 1;
  for (;;) {
    uint32_t done = 0, waiting = 0;
    arrange(order, n, how);
    for (uint32_t i = 0; i < n; i++) {
      current = &fibers[order[i]];
      if (current->state == READY) msl_switch(&scheduler_sp, current->sp);
      done += current->state == DONE;
      waiting += current->state == AT_BARRIER;
    }
    if (done == n) return 0;
    if (waiting < n) {
      snprintf(message, sizeof message, "threadgroup_barrier in divergent control flow: %u of %u threads wait, %u have returned", waiting, n, done);
      return 1;
    }
    for (uint32_t i = 0; i < n; i++) fibers[i].state = READY;
  }
}

// msl_run runs a grid of threads in threadgroups of size; the last one may be
// smaller. Threadgroup memory, from low to high, is filled with NaNs before each
// threadgroup. Kernels without barriers need no fibers. It returns 0, or 1 with
// the reason in msl_message.
int msl_run(msl_launcher l, void *const *args, uint32_t threads, uint32_t size, uint32_t how, int barriers, char *low, char *high) {
  message[0] = 0;
  launcher = l;
  arguments = args;
  random_state = how * 2654435761u | 1;
  if (size == 0 || size > MAX_THREADS) return snprintf(message, sizeof message, "threadgroup of %u threads", size), 1;
  uint32_t groups = threads / size + (threads % size != 0);
  for (uint32_t k = 0; k < groups; k++) {
    uint32_t g = how == 1 ? groups - 1 - k : k, n = size;
    if ((uint64_t)(g + 1) * size > threads) n = threads - g * size;
    if (low) memset(low, 0xff, high - low);
    for (uint32_t i = 0; i < n; i++) {
      fibers[i].ids = (msl_ids){g * size + i, i, g, n};
      if (!barriers) launcher(arguments, &fibers[i].ids);
    }
    if (barriers && group(n, how)) return 1;
  }
  return 0;
}

const char *msl_message(void) { return message; }
