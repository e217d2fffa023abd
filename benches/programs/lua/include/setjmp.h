/* Empty, in place of wasi-libc's, which refuses to be included without exceptions: build.sh gives Lua other means. */
