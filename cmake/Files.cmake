# What the libraries are made of: src/*/*.c and the alcoves of rooms, src/*/*/*.c. A file X.c that needs a library or a system
# may have a form X_absent.c that does without. Files are sorted into sets by their names, so that nobody lists files:
#   core     the rooms of the core, but what knows a system (port_*.c) or has an absent form: in both libraries
#   plain    the dense kernels of fsnn's own: in libfsnn_core, and in libfsnn in double precision or by FSNN_DENSE=plain
#   bare     the absent forms of these rooms: in libfsnn_core
#   whole    all else, and of each form the one that the options choose: in libfsnn
#   onednn   the dense kernels of oneDNN: in libfsnn by FSNN_DENSE=onednn
set(core_rooms base equation frac neuron scan tensor op net)

set(src ${PROJECT_SOURCE_DIR}/src)
file(GLOB whole_files CONFIGURE_DEPENDS ${src}/*/*.c ${src}/*/*/*.c)

# Moves the files of `from` that match into the list `to`.
function(fsnn_take from to pattern)
    set(taken ${${from}_files})
    list(FILTER taken INCLUDE REGEX ${pattern})
    list(FILTER ${from}_files EXCLUDE REGEX ${pattern})
    list(APPEND ${to}_files ${taken})
    set(${from}_files ${${from}_files} PARENT_SCOPE)
    set(${to}_files ${${to}_files} PARENT_SCOPE)
endfunction()

list(JOIN core_rooms "|" rooms)
fsnn_take(whole core "/src/(${rooms})/")
fsnn_take(core onednn "/dense_onednn[^/]*$")
fsnn_take(core plain "/dense_plain[^/]*$")
fsnn_take(core bare "_absent\\.c$")
fsnn_take(core whole "/port_[^/]*$")
list(TRANSFORM bare_files REPLACE "_absent\\.c$" ".c" OUTPUT_VARIABLE forms)
list(REMOVE_ITEM core_files ${forms})
list(APPEND whole_files ${forms})
list(REMOVE_DUPLICATES whole_files)
