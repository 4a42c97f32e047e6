# Language, warnings, build types, sanitizers.
get_property(multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi AND NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O3 -g -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
get_property(shared GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS)
set(CMAKE_POSITION_INDEPENDENT_CODE ${shared})
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Numbers: no fused multiply-add outside of the kernels, so that results do not depend on the compiler's mood; neither
# errno nor floating-point traps are used.
add_compile_options(-Wall -Wextra -ffp-contract=off -fno-math-errno -fno-trapping-math)
# gcc warns wrongly about code that sanitizers have added to, so that warnings only count in plain builds
if(FSNN_WERROR AND NOT FSNN_SANITIZE)
    add_compile_options(-Werror)
endif()
add_compile_definitions(_GNU_SOURCE)

if(FSNN_SANITIZE)
    set(sanitize -fsanitize=${FSNN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_compile_options(${sanitize})
    add_link_options(${sanitize})
endif()
