/* Turns the LED on and off, a quarter of a second each: the template of a guest in C. */
#include "ermine.h"

ERMINE_GRANT(led);

/* Runs once, when the guest has been loaded. */
ERMINE_EXPORT("_start") void start(void)
{
    for (;;) {
        if (ermine_gpio_toggle(led()) < 0)
            __builtin_trap();
        ermine_delay_ms(250);
    }
}
