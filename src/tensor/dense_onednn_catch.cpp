// The one place that catches the exceptions of oneDNN, which is written in C++ and throws
// std::bad_alloc through its C interface where memory is out.
#include "tensor/dense_onednn_catch.h"

#include <new>

namespace {

template <auto call> struct caught;

template <class... Args, dnnl_status_t (*call)(Args...)> struct caught<call> {
    static dnnl_status_t run(Args... args) noexcept
    {
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
