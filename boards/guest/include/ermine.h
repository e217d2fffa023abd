/* Functions that a board gives to guests written in C. docs/boards.md says what they do.
 *
 * Results below zero are errors: -ERMINE_DENIED and so on. A guest names the grants that it uses, and exports _start, on_event, or both:
 *
 *     ERMINE_GRANT(led);
 *     ERMINE_EXPORT("_start") void start(void) { ermine_gpio_write(led(), 1); }
 */
#ifndef ERMINE_H
#define ERMINE_H

#include <stddef.h>
#include <stdint.h>

#define ERMINE_IMPORT(module, name) \
    __attribute__((import_module("ermine:" module "@1"), import_name(name))) extern
#define ERMINE_EXPORT(name) __attribute__((export_name(name)))

/* A function that returns the handle of the grant with this name. */
#define ERMINE_GRANT(name) ERMINE_IMPORT("grant", #name) int32_t name(void)

enum ermine_errno {
    ERMINE_DENIED = 1,
    ERMINE_BAD_HANDLE = 2,
    ERMINE_MODE_NOT_ALLOWED = 3,
    ERMINE_INVALID = 4,
    ERMINE_RATE_LIMITED = 5,
    ERMINE_UNSUPPORTED = 6,
    ERMINE_BUSY = 7,
    ERMINE_OUT_OF_RANGE = 8,
    ERMINE_BUS = 9,
    ERMINE_ARBITRATION_LOSS = 10,
    ERMINE_NO_ACKNOWLEDGE_ADDRESS = 11,
    ERMINE_NO_ACKNOWLEDGE_DATA = 12,
    ERMINE_NO_ACKNOWLEDGE = 13,
    ERMINE_OVERRUN = 14,
    ERMINE_MODE_FAULT = 15,
    ERMINE_FRAME_FORMAT = 16,
    ERMINE_CHIP_SELECT_FAULT = 17,
    ERMINE_OTHER = 18,
};

/* Levels of messages. */
enum ermine_level { ERMINE_ERROR, ERMINE_WARN, ERMINE_INFO, ERMINE_DEBUG, ERMINE_TRACE };

/* Edges that are watched. */
enum ermine_edges { ERMINE_NONE, ERMINE_RISING, ERMINE_FALLING, ERMINE_BOTH };

/* What an operation of a transaction does. The last three are SPI's; delays of a transaction take a millisecond at most. */
enum ermine_kind { ERMINE_READ, ERMINE_WRITE, ERMINE_TRANSFER_IN_PLACE, ERMINE_TRANSFER, ERMINE_DELAY_NS };

/* An operation of a transaction. */
struct ermine_operation {
    uint32_t kind;
    void *bytes;
    size_t length;
    const void *other;
};

ERMINE_IMPORT("gpio", "read") int32_t ermine_gpio_read(int32_t handle);
ERMINE_IMPORT("gpio", "write") int32_t ermine_gpio_write(int32_t handle, int32_t level);
ERMINE_IMPORT("gpio", "toggle") int32_t ermine_gpio_toggle(int32_t handle);
ERMINE_IMPORT("gpio", "set_direction") int32_t ermine_gpio_set_direction(int32_t handle, int32_t output);
ERMINE_IMPORT("gpio", "watch") int32_t ermine_gpio_watch(int32_t handle, int32_t edges);

ERMINE_IMPORT("delay", "ns") void ermine_delay_ns(int64_t ns);

ERMINE_IMPORT("time", "now") int64_t ermine_time_now(void);
ERMINE_IMPORT("time", "start") int32_t ermine_time_start(int32_t handle, int64_t period_us, int32_t repeat);
ERMINE_IMPORT("time", "stop") int32_t ermine_time_stop(int32_t handle);

ERMINE_IMPORT("serial", "read") int32_t ermine_serial_read(int32_t handle, void *bytes, size_t length);
ERMINE_IMPORT("serial", "write") int32_t ermine_serial_write(int32_t handle, const void *bytes, size_t length);
ERMINE_IMPORT("serial", "watch") int32_t ermine_serial_watch(int32_t handle, int32_t on);

ERMINE_IMPORT("i2c", "read") int32_t ermine_i2c_read(int32_t handle, int32_t device, void *bytes, size_t length);
ERMINE_IMPORT("i2c", "write") int32_t ermine_i2c_write(int32_t handle, int32_t device, const void *bytes, size_t length);
ERMINE_IMPORT("i2c", "write_read") int32_t ermine_i2c_write_read(int32_t handle, int32_t device, const void *bytes, size_t length, void *to, size_t to_length);
ERMINE_IMPORT("i2c", "transaction") int32_t ermine_i2c_transaction(int32_t handle, int32_t device, const struct ermine_operation *operations, size_t count);

ERMINE_IMPORT("spi", "read") int32_t ermine_spi_read(int32_t handle, void *bytes, size_t length);
ERMINE_IMPORT("spi", "write") int32_t ermine_spi_write(int32_t handle, const void *bytes, size_t length);
ERMINE_IMPORT("spi", "transfer") int32_t ermine_spi_transfer(int32_t handle, void *to, const void *from, size_t length);
ERMINE_IMPORT("spi", "transfer_in_place") int32_t ermine_spi_transfer_in_place(int32_t handle, void *bytes, size_t length);
ERMINE_IMPORT("spi", "transaction") int32_t ermine_spi_transaction(int32_t handle, const struct ermine_operation *operations, size_t count);

ERMINE_IMPORT("adc", "read") int32_t ermine_adc_read(int32_t handle);

ERMINE_IMPORT("pwm", "max_duty") int32_t ermine_pwm_max_duty(int32_t handle);
ERMINE_IMPORT("pwm", "set_duty") int32_t ermine_pwm_set_duty(int32_t handle, int32_t duty);

ERMINE_IMPORT("log", "write") int32_t ermine_log_write(int32_t level, const void *bytes, size_t length);

ERMINE_IMPORT("storage", "size") int32_t ermine_storage_size(int32_t handle);
ERMINE_IMPORT("storage", "read") int32_t ermine_storage_read(int32_t handle, int32_t offset, void *bytes, size_t length);
ERMINE_IMPORT("storage", "write") int32_t ermine_storage_write(int32_t handle, int32_t offset, const void *bytes, size_t length);

ERMINE_IMPORT("random", "fill") int32_t ermine_random_fill(void *bytes, size_t length);

static inline int32_t ermine_info(const char *text)
{
    return ermine_log_write(ERMINE_INFO, text, __builtin_strlen(text));
}

static inline void ermine_delay_ms(uint32_t ms)
{
    ermine_delay_ns((int64_t)ms * 1000000);
}

#endif
