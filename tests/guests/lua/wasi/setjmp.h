/* Takes the place of wasi-libc's header, which ends the compilation: setjmp needs exceptions, and these guests have none.
 * What Lua uses instead is in config.h. */
