/* Asks for executable memory in the way that its argument names. Ends with 0 if it got it, with 1 if it was denied. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int makes_executable(void *page, int more) {
    return mprotect(page, 4096, PROT_READ | PROT_EXEC | more) == 0;
}

int main(int count, char **args) {
    const char *way = count > 1 ? args[1] : "";
    void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int got = 0;
    if (!strcmp(way, "none")) {
        got = page != MAP_FAILED;
    } else if (!strcmp(way, "mmap")) {
        got = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    } else if (!strcmp(way, "mmap-writable")) {
        got = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    } else if (!strcmp(way, "mprotect")) {
        got = makes_executable(page, 0);
    } else if (!strcmp(way, "pkey_mprotect")) {
        got = syscall(SYS_pkey_mprotect, page, 4096, PROT_READ | PROT_EXEC, -1) == 0;
    } else if (!strcmp(way, "personality")) {
        got = personality(READ_IMPLIES_EXEC) != -1;
    } else if (!strcmp(way, "child")) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) _exit(!makes_executable(page, 0));
        waitpid(child, &status, 0);
        got = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return !got;
}
