;; q·k of two queries with four keys at a time, in float64: the inner loop of attention.
;; `node scripts/make-dots.mjs` turns this into bytes.ts.
(module
  (memory (export "memory") 1)
  ;; $q: two queries, [2, size]. $k: keys, [count, size]. $out: their products, one query's `stride` bytes behind the other's.
  ;; $size: bytes of a vector, a multiple of 16. $count: keys; up to three more are read and written.
  (func (export "dots") (param $q i32) (param $k i32) (param $out i32) (param $size i32) (param $count i32) (param $stride i32)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local $x v128) (local $y v128) (local $z v128)
    (local $i i32) (local $p i32) (local $k1 i32) (local $k2 i32) (local $k3 i32) (local $r i32) (local $end i32)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $keys
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $a0 (v128.const i64x2 0 0)) (local.set $a1 (v128.const i64x2 0 0))
        (local.set $a2 (v128.const i64x2 0 0)) (local.set $a3 (v128.const i64x2 0 0))
        (local.set $b0 (v128.const i64x2 0 0)) (local.set $b1 (v128.const i64x2 0 0))
        (local.set $b2 (v128.const i64x2 0 0)) (local.set $b3 (v128.const i64x2 0 0))
        (local.set $p (local.get $k))
        (local.set $k1 (i32.add (local.get $k) (local.get $size)))
        (local.set $k2 (i32.add (local.get $k1) (local.get $size)))
        (local.set $k3 (i32.add (local.get $k2) (local.get $size)))
        (local.set $i (local.get $q))
        (local.set $r (i32.add (local.get $q) (local.get $size)))
        (loop $parts
          (local.set $x (v128.load (local.get $i)))
          (local.set $y (v128.load (i32.add (local.get $i) (local.get $size))))
          (local.set $z (v128.load (local.get $p)))
          (local.set $a0 (f64x2.add (local.get $a0) (f64x2.mul (local.get $x) (local.get $z))))
          (local.set $b0 (f64x2.add (local.get $b0) (f64x2.mul (local.get $y) (local.get $z))))
          (local.set $z (v128.load (local.get $k1)))
          (local.set $a1 (f64x2.add (local.get $a1) (f64x2.mul (local.get $x) (local.get $z))))
          (local.set $b1 (f64x2.add (local.get $b1) (f64x2.mul (local.get $y) (local.get $z))))
          (local.set $z (v128.load (local.get $k2)))
          (local.set $a2 (f64x2.add (local.get $a2) (f64x2.mul (local.get $x) (local.get $z))))
          (local.set $b2 (f64x2.add (local.get $b2) (f64x2.mul (local.get $y) (local.get $z))))
          (local.set $z (v128.load (local.get $k3)))
          (local.set $a3 (f64x2.add (local.get $a3) (f64x2.mul (local.get $x) (local.get $z))))
          (local.set $b3 (f64x2.add (local.get $b3) (f64x2.mul (local.get $y) (local.get $z))))
          (local.set $p (i32.add (local.get $p) (i32.const 16)))
          (local.set $k1 (i32.add (local.get $k1) (i32.const 16)))
          (local.set $k2 (i32.add (local.get $k2) (i32.const 16)))
          (local.set $k3 (i32.add (local.get $k3) (i32.const 16)))
          (local.set $i (i32.add (local.get $i) (i32.const 16)))
          (br_if $parts (i32.lt_u (local.get $i) (local.get $r))))
        (v128.store (local.get $out) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a0) (local.get $a1))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a0) (local.get $a1))))
        (v128.store offset=16 (local.get $out) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a2) (local.get $a3))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a2) (local.get $a3))))
        (local.set $r (i32.add (local.get $out) (local.get $stride)))
        (v128.store (local.get $r) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $b0) (local.get $b1))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $b0) (local.get $b1))))
        (v128.store offset=16 (local.get $r) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $b2) (local.get $b3))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $b2) (local.get $b3))))
        (local.set $k (i32.add (local.get $k) (i32.shl (local.get $size) (i32.const 2))))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (br $keys)))))
