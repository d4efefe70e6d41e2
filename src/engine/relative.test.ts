// Buckets of distances against Transformers 5.24's make_log_bucket_position (torch 2.15).

import { expect, it } from "vitest";
import { logBucket } from "./relative.ts";

/** The first distance of every bucket from the middle on. */
const FIRST = [
  {
    buckets: 256,
    maxDistance: 512,
    first: [
      128, 129, 130, 131, 133, 134, 136, 137, 139, 140, 142, 143, 145, 146, 148, 150, 151, 153, 155, 156, 158,
      160, 161, 163, 165, 167, 169, 170, 172, 174, 176, 178, 180, 182, 184, 186, 188, 190, 192, 194, 196, 198,
      201, 203, 205, 207, 210, 212, 214, 216, 219, 221, 224, 226, 229, 231, 234, 236, 239, 241, 244, 247, 249,
      252, 255, 258, 260, 263, 266, 269, 272, 275, 278, 281, 284, 287, 290, 294, 297, 300, 303, 307, 310, 313,
      317, 320, 324, 327, 331, 335, 338, 342, 346, 349, 353, 357, 361, 365, 369, 373, 377, 381, 385, 390, 394,
      398, 403, 407, 411, 416, 420, 425, 430, 434, 439, 444, 449, 454, 459, 464, 469, 474, 479, 484, 490, 495,
      500, 506, 512, 517, 523, 528, 534, 540, 546, 552, 558, 564, 570, 577, 583, 589, 596, 602, 609, 616, 622,
      629, 636, 643, 650, 657, 664, 672, 679, 686, 694, 701, 709, 717, 725, 733, 741, 749, 757, 765, 774, 782,
      791, 799, 808, 817, 826, 835, 844, 853, 863, 872, 882, 891, 901, 911, 921, 931, 941, 952, 962, 973, 983,
      994, 1005, 1016,
    ],
  },
  { buckets: 8, maxDistance: 96, first: [4, 5, 12, 34, 96] },
  { buckets: 10, maxDistance: 40, first: [5, 6, 9, 14, 24, 40, 66] },
];

it.each(FIRST)("$buckets buckets over $maxDistance", ({ first, ...sizes }) => {
  expect(logBucket(0, sizes)).toBe(0);
  for (let distance = 1; distance <= 2 * sizes.maxDistance; distance++) {
    const beyond = first.findIndex((start) => start > distance);
    const last = sizes.buckets / 2 + (beyond < 0 ? first.length : beyond) - 1;
    const expected = distance < sizes.buckets / 2 ? distance : last;
    expect(logBucket(distance, sizes)).toBe(expected);
    expect(logBucket(-distance, sizes)).toBe(-expected);
  }
});
