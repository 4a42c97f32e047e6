# Options whose values are checked: what is no value is an error, where CMake would take it for one.

# fsnn_switch(NAME HELP DEFAULT): option() of CMake.
macro(fsnn_switch name help default)
    option(${name} ${help} ${default})
    string(TOUPPER "${${name}}" value)
    if(NOT value MATCHES "^(ON|TRUE|YES|Y|1|OFF|FALSE|NO|N|0)$")
        message(FATAL_ERROR "${name} is \"${${name}}\": ON and OFF are possible")
    endif()
endmacro()

# wish_NAME: AUTO, ON or OFF, as the value of FSNN_NAME says.
macro(fsnn_wish name)
    string(TOUPPER "${FSNN_${name}}" wish_${name})
    if(wish_${name} MATCHES "^(ON|TRUE|YES|Y|1)$")
        set(wish_${name} ON)
    elseif(wish_${name} MATCHES "^(OFF|FALSE|NO|N|0)$")
        set(wish_${name} OFF)
    elseif(NOT wish_${name} STREQUAL "AUTO")
        message(FATAL_ERROR "FSNN_${name} is \"${FSNN_${name}}\": AUTO, ON and OFF are possible")
    endif()
endmacro()
