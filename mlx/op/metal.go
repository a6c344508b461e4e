package op

// MetalPrelude defines the functions that the Metal texts of the table call
// and that the Metal Shading Language lacks, for float and integer arguments
// (smaller floats are computed as float). It is plain MSL without macros; it
// stands behind metal_stdlib and "using namespace metal".
const MetalPrelude = `
template <typename T> inline T ingot_sign(T x) { return T(x > T(0)) - T(x < T(0)); }
inline float ingot_max(float x, float y) { return (x > y || isnan(x)) ? x : y; }
inline float ingot_min(float x, float y) { return (x < y || isnan(x)) ? x : y; }

inline float ingot_rem(float x, float y) {
  float r = fmod(x, y);
  return (r != 0.0f && (r < 0.0f) != (y < 0.0f)) ? r + y : r;
}
template <typename T> inline T ingot_floordiv(T x, T y) {
  if (y == T(0)) return T(0);
  T q = x / y;
  return (x % y != T(0) && (x < T(0)) != (y < T(0))) ? T(q - T(1)) : q;
}
template <typename T> inline T ingot_rem(T x, T y) { return T(x - ingot_floordiv(x, y) * y); }
template <typename T> inline T ingot_ipow(T x, T y) {
  if (y < T(0)) return T(0);
  T r = T(1);
  for (; y != T(0); y = T(y / T(2))) {
    if (y % T(2) != T(0)) r = T(r * x);
    x = T(x * x);
  }
  return r;
}
template <typename T> inline T ingot_shl(T x, T y) { return (y < T(0) || y >= T(sizeof(T) * 8)) ? T(0) : T(x << y); }
template <typename T> inline T ingot_shr(T x, T y) {
  if (y < T(0) || y >= T(sizeof(T) * 8)) return x < T(0) ? T(-1) : T(0);
  return T(x >> y);
}

inline float ingot_pow(float x, float y) {
  if (x >= 0.0f || isnan(x)) return precise::pow(x, y);
  if (y != rint(y)) return isinf(x) ? precise::pow(-x, y) : (isinf(y) ? precise::pow(-x, y) : NAN);
  float r = precise::pow(-x, y);
  return (!isinf(y) && fmod(y, 2.0f) != 0.0f) ? -r : r;
}

inline float ingot_expm1(float x) {
  if (fabs(x) > 0.5f) return precise::exp(x) - 1.0f;
  float p = 1.0f / 40320.0f;
  p = fma(p, x, 1.0f / 5040.0f);
  p = fma(p, x, 1.0f / 720.0f);
  p = fma(p, x, 1.0f / 120.0f);
  p = fma(p, x, 1.0f / 24.0f);
  p = fma(p, x, 1.0f / 6.0f);
  p = fma(p, x, 0.5f);
  return fma(p * x, x, x);
}

inline float ingot_log1p(float x) {
  float u = 1.0f + x;
  if (u == 1.0f) return x;
  if (isinf(u)) return x < 0.0f ? NAN : u;
  return precise::log(u) * (x / (u - 1.0f));
}

inline float ingot_logaddexp(float x, float y) {
  float hi = ingot_max(x, y);
  float lo = ingot_min(x, y);
  if (isnan(x) || isnan(y) || isinf(lo) || isinf(hi)) return isnan(x) ? x : (isnan(y) ? y : hi);
  return hi + ingot_log1p(precise::exp(lo - hi));
}

inline float ingot_erf(float x) {
  float a = fabs(x);
  if (!(a < 4.0f)) return isnan(x) ? x : (x > 0.0f ? 1.0f : -1.0f);
  if (a < 1.0f) {
    float t = x * x;
    float p = 7.8540198e-5f;
    p = fma(p, t, -8.0102459e-4f);
    p = fma(p, t, 5.1883343e-3f);
    p = fma(p, t, -2.6853816e-2f);
    p = fma(p, t, 1.1283585e-1f);
    p = fma(p, t, -3.7612626e-1f);
    p = fma(p, t, 1.1283792f);
    return p * x;
  }
  float p = 2.6888962523774853e-4f;
  p = fma(p, a, -4.2525842881884542e-3f);
  p = fma(p, a, 3.150571426986444e-2f);
  p = fma(p, a, -1.4875170001606278e-1f);
  p = fma(p, a, -9.2064827782720549e-1f);
  p = fma(p, a, -1.6260460482991643f);
  p = fma(p, a, -4.9269849893772292e-4f);
  float e = 1.0f - precise::exp2(p);
  return x > 0.0f ? e : -e;
}

inline float ingot_erfinv(float x) {
  float t = precise::log(fma(x, -x, 1.0f));
  float p;
  if (fabs(t) > 6.125f) {
    p = 3.03697567e-10f;
    p = fma(p, t, 2.93243101e-8f);
    p = fma(p, t, 1.22150334e-6f);
    p = fma(p, t, 2.84108955e-5f);
    p = fma(p, t, 3.93552968e-4f);
    p = fma(p, t, 3.02698812e-3f);
    p = fma(p, t, 4.83185798e-3f);
    p = fma(p, t, -2.64646143e-1f);
    p = fma(p, t, 8.40016484e-1f);
  } else {
    p = 5.43877832e-9f;
    p = fma(p, t, 1.43285448e-7f);
    p = fma(p, t, 1.22774793e-6f);
    p = fma(p, t, 1.12963626e-7f);
    p = fma(p, t, -5.61530760e-5f);
    p = fma(p, t, -1.47697632e-4f);
    p = fma(p, t, 2.31468678e-3f);
    p = fma(p, t, 1.15392581e-2f);
    p = fma(p, t, -2.32015476e-1f);
    p = fma(p, t, 8.86226892e-1f);
  }
  return x * p;
}

inline uint2 ingot_threefry(uint k0, uint k1, uint a, uint b) {
  uint ks[3] = {k0, k1, k0 ^ k1 ^ 0x1BD11BDAu};
  uint rot[8] = {13u, 15u, 26u, 6u, 17u, 29u, 16u, 24u};
  a += k0;
  b += k1;
  for (uint i = 0u; i < 5u; i++) {
    for (uint j = 0u; j < 4u; j++) {
      uint r = rot[(i % 2u) * 4u + j];
      a += b;
      b = (b << r) | (b >> (32u - r));
      b ^= a;
    }
    a += ks[(i + 1u) % 3u];
    b += ks[(i + 2u) % 3u] + i + 1u;
  }
  return uint2(a, b);
}

inline uint ingot_random_word(uint k0, uint k1, uint i, uint n) {
  uint n2 = n / 2u;
  uint step = n2 + n % 2u;
  if (i < n2) return ingot_threefry(k0, k1, i, i + step).x;
  if (i < step) return ingot_threefry(k0, k1, n2, 0u).x;
  return ingot_threefry(k0, k1, i - step, i).y;
}
`
