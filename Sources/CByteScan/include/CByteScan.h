// Byte searches that examine sixteen or more bytes at a time.
//
// They use the compiler's vector extensions, which become SSE2 on x86-64 and NEON on arm64; every such machine has
// them. A search reads base[start..<end] and may read bytes of base before the start, but never beyond the end.
#ifndef CBYTESCAN_H
#define CBYTESCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The order of the lanes is that of a little-endian machine."
#endif

#define CBYTESCAN_INLINE static inline __attribute__((always_inline))

typedef uint8_t cbytescan_vector __attribute__((vector_size(16)));
typedef bool cbytescan_lanes __attribute__((ext_vector_type(16)));

CBYTESCAN_INLINE cbytescan_vector cbytescan_load(const uint8_t *_Nonnull bytes) {
    cbytescan_vector vector;
    __builtin_memcpy(&vector, bytes, sizeof vector);
    return vector;
}

/// One bit per lane; the first lane is the lowest bit.
CBYTESCAN_INLINE uint64_t cbytescan_bits(cbytescan_vector matches) {
    cbytescan_lanes lanes = __builtin_convertvector(matches, cbytescan_lanes);
    uint16_t bits;
    __builtin_memcpy(&bits, &lanes, sizeof bits);
    return bits;
}

// The matches in sixteen bytes, one bit each.

CBYTESCAN_INLINE uint64_t cbytescan_text_bits(const uint8_t *_Nonnull bytes) {
    cbytescan_vector vector = cbytescan_load(bytes);
    return cbytescan_bits((cbytescan_vector)((vector == '"') | (vector == '\\') | (vector < 0x20)));
}

CBYTESCAN_INLINE uint64_t cbytescan_line_bits(const uint8_t *_Nonnull bytes) {
    cbytescan_vector vector = cbytescan_load(bytes);
    return cbytescan_bits((cbytescan_vector)((vector == '\n') | (vector == '\r')));
}

CBYTESCAN_INLINE uint64_t cbytescan_unblank_bits(const uint8_t *_Nonnull bytes) {
    cbytescan_vector vector = cbytescan_load(bytes);
    return cbytescan_bits(
        (cbytescan_vector)~((vector == ' ') | (vector == '\n') | (vector == '\r') | (vector == '\t')));
}

CBYTESCAN_INLINE uint64_t cbytescan_digit_bits(const uint8_t *_Nonnull bytes) {
    return cbytescan_bits((cbytescan_vector)((cbytescan_vector)(cbytescan_load(bytes) - '0') < 10));
}

/// The matches in up to 64 bytes, in blocks of sixteen; the bits beyond the end are 0.
#define CBYTESCAN_WIDE(name, bits_of)                                                                                \
    CBYTESCAN_INLINE uint64_t name(const uint8_t *_Nonnull base, size_t start, size_t end) {                         \
        if (__builtin_expect(end - start >= 64, 1)) {                                                                \
            return bits_of(base + start) | bits_of(base + start + 16) << 16 | bits_of(base + start + 32) << 32       \
                | bits_of(base + start + 48) << 48;                                                                  \
        }                                                                                                            \
        uint64_t bits = 0;                                                                                           \
        unsigned offset = 0;                                                                                         \
        for (; end - start >= 16; start += 16, offset += 16) bits |= bits_of(base + start) << offset;                \
        if (start == end) return bits;                                                                               \
        if (end >= 16) return bits | bits_of(base + end - 16) >> (16 - (end - start)) << offset;                     \
        uint8_t rest[16] = {0};                                                                                      \
        for (size_t index = start; index < end; ++index) rest[index - start] = base[index];                          \
        return bits | (bits_of(rest) & ((1u << (end - start)) - 1)) << offset;                                       \
    }

CBYTESCAN_WIDE(cbytescan_wide_text_bits, cbytescan_text_bits)
CBYTESCAN_WIDE(cbytescan_wide_line_bits, cbytescan_line_bits)
CBYTESCAN_WIDE(cbytescan_wide_unblank_bits, cbytescan_unblank_bits)

/// The index of the first match, or the end.
#define CBYTESCAN_SEARCH(name, wide_bits_of)                                                                         \
    CBYTESCAN_INLINE size_t name(const uint8_t *_Nonnull base, size_t start, size_t end) {                           \
        while (start < end) {                                                                                        \
            uint64_t bits = wide_bits_of(base, start, end);                                                          \
            if (bits) return start + (size_t)__builtin_ctzll(bits);                                                  \
            if (end - start <= 64) return end;                                                                       \
            start += 64;                                                                                             \
        }                                                                                                            \
        return end;                                                                                                  \
    }

/// The index of the first quote, backslash or control character, or the end.
CBYTESCAN_SEARCH(cbytescan_end_of_plain_text, cbytescan_wide_text_bits)
/// The index of the first carriage return or line feed, or the end.
CBYTESCAN_SEARCH(cbytescan_end_of_line, cbytescan_wide_line_bits)
/// The index of the first byte that is not JSON whitespace, or the end.
CBYTESCAN_SEARCH(cbytescan_end_of_blanks, cbytescan_wide_unblank_bits)

/// The index of the first occurrence of a byte, or the end.
CBYTESCAN_INLINE size_t cbytescan_first(const uint8_t *_Nonnull base, size_t start, size_t end, uint8_t byte) {
    const uint8_t *_Nullable found = start < end ? memchr(base + start, byte, end - start) : NULL;
    return found ? (size_t)(found - base) : end;
}

CBYTESCAN_INLINE bool cbytescan_is_hexadecimal(uint8_t byte) {
    return (uint8_t)(byte - '0') < 10 || (uint8_t)((byte | 0x20) - 'a') < 6;
}

/// The length of the escape at the index; 0 if it is invalid or incomplete.
CBYTESCAN_INLINE size_t cbytescan_escape_length(const uint8_t *_Nonnull base, size_t start, size_t end) {
    if (end - start < 2) return 0;
    switch (base[start + 1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return 2;
    case 'u':
        if (end - start < 6) return 0;
        for (size_t index = start + 2; index < start + 6; ++index) {
            if (!cbytescan_is_hexadecimal(base[index])) return 0;
        }
        return 6;
    default:
        return 0;
    }
}

/// The index of the first byte of a string's text that is neither plain nor part of an escape: the closing quote, a
/// control character, a backslash of an invalid or incomplete escape, or the end.
CBYTESCAN_INLINE size_t cbytescan_end_of_text(const uint8_t *_Nonnull base, size_t start, size_t end) {
    while (start < end) {
        uint64_t bits = cbytescan_wide_text_bits(base, start, end);
        size_t next = start + 64;
        while (bits) {
            size_t first = start + (size_t)__builtin_ctzll(bits);
            if (base[first] != '\\') return first;
            size_t length = cbytescan_escape_length(base, first, end);
            if (length == 0) return first;
            size_t behind = first + length;
            if (behind - start >= 64) {
                next = behind;
                break;
            }
            bits &= ~(uint64_t)0 << (behind - start);
        }
        start = next;
    }
    return end;
}

/// The index after the number at the start; the start if there is none, or if its end is not within the next 32 bytes.
CBYTESCAN_INLINE size_t cbytescan_end_of_number(const uint8_t *_Nonnull base, size_t start, size_t end) {
    if (end - start < 32) return start;
    const uint8_t *bytes = base + start;
    uint64_t others = ~(cbytescan_digit_bits(bytes) | cbytescan_digit_bits(bytes + 16) << 16);
    // Every shift is by less than 64, and the bits from 32 on are set, so that a bit is always found.
    unsigned place = bytes[0] == '-';
    unsigned digits = (unsigned)__builtin_ctzll(others >> place);
    if (digits == 0 || (digits > 1 && bytes[place] == '0')) return start;
    place += digits;
    if (place >= 32) return start;
    if (bytes[place] == '.') {
        place += 1;
        digits = (unsigned)__builtin_ctzll(others >> place);
        place += digits;
        if (digits == 0 || place >= 32) return start;
    }
    if ((bytes[place] | 0x20) == 'e') {
        place += 1;
        if (place >= 32) return start;
        place += bytes[place] == '-' || bytes[place] == '+';
        digits = (unsigned)__builtin_ctzll(others >> place);
        place += digits;
        if (digits == 0 || place >= 32) return start;
    }
    return start + place;
}

/// The index after the last of an array's numbers that are each found within 32 bytes, beginning with the one at the
/// start; the start if there is none.
CBYTESCAN_INLINE size_t cbytescan_end_of_numbers(const uint8_t *_Nonnull base, size_t start, size_t end) {
    size_t behind = cbytescan_end_of_number(base, start, end);
    while (behind > start && base[behind] == ',') {
        size_t next = behind + 1;
        if (next < end && base[next] <= ' ') {
            uint64_t bits = end - next >= 16 ? cbytescan_unblank_bits(base + next) : 0;
            next = bits ? next + (size_t)__builtin_ctzll(bits) : cbytescan_end_of_blanks(base, next, end);
        }
        size_t end_of_next = cbytescan_end_of_number(base, next, end);
        if (end_of_next == next) return behind;
        behind = end_of_next;
    }
    return behind;
}

/// The length of the common prefix of two byte strings.
CBYTESCAN_INLINE size_t cbytescan_common_length(
    const uint8_t *_Nonnull left, const uint8_t *_Nonnull right, size_t length) {
    size_t index = 0;
    for (; length - index >= 16; index += 16) {
        uint64_t differences = cbytescan_bits(
            (cbytescan_vector)(cbytescan_load(left + index) != cbytescan_load(right + index)));
        if (differences) return index + (size_t)__builtin_ctzll(differences);
    }
    if (index == length) return length;
    if (length >= 16) {
        // The last sixteen bytes overlap those that were found equal.
        index = length - 16;
        uint64_t differences = cbytescan_bits(
            (cbytescan_vector)(cbytescan_load(left + index) != cbytescan_load(right + index)));
        return differences ? index + (size_t)__builtin_ctzll(differences) : length;
    }
    while (index < length && left[index] == right[index]) ++index;
    return index;
}

/// The number of Unicode scalars in UTF-8 text: its bytes without continuation bytes.
CBYTESCAN_INLINE size_t cbytescan_scalars(const uint8_t *_Nonnull base, size_t start, size_t end) {
    size_t count = 0;
    for (size_t index = start; index < end; ++index) count += (base[index] & 0xc0) != 0x80;
    return count;
}

#undef CBYTESCAN_WIDE
#undef CBYTESCAN_SEARCH
#undef CBYTESCAN_INLINE

#endif
