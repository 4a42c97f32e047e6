// The one place that catches the exceptions of oneDNN, which is written in C++ and throws
// std::bad_alloc through its C interface where memory is out.
#include "tensor/dense_onednn_catch.h"

#include <new>

#ifdef FSNN_ONE_THREAD
// oneDNN brings an OpenMP of its own along (or another pool, and then these are not there).
extern "C" int omp_get_max_threads(void) __attribute__((weak));
extern "C" void omp_set_num_threads(int) __attribute__((weak));
#endif

namespace
{

#ifdef FSNN_ONE_THREAD
// Where fsnn is built without OpenMP, oneDNN computes with the thread that calls it, too: a pool
// would be more threads than fsnn_threads() says, and a child process would wait for it for ever.
// The number is the caller's again afterwards.
class one_thread
{
    int before = omp_get_max_threads && omp_set_num_threads ? omp_get_max_threads() : 1;

  public:
    one_thread()
    {
        if (before > 1)
            omp_set_num_threads(1);
    }
    ~one_thread()
    {
        if (before > 1)
            omp_set_num_threads(before);
    }
};
#else
struct one_thread {
};
#endif

template <auto call> struct caught;

template <class... Args, dnnl_status_t (*call)(Args...)> struct caught<call> {
    static dnnl_status_t run(Args... args) noexcept
    {
        [[maybe_unused]] const one_thread alone;
        try {
            return call(args...);
        } catch (const std::bad_alloc &) {
            return dnnl_out_of_memory;
        } catch (...) {
            return dnnl_runtime_error;
        }
    }
};

} // namespace

#define DENSE_DEFINE(name)                                                                         \
    extern "C" {                                                                                   \
    extern decltype(&dnnl_##name) const caught_##name;                                             \
    decltype(&dnnl_##name) const caught_##name = caught<&dnnl_##name>::run;                        \
    }
DENSE_CAUGHT(DENSE_DEFINE)
