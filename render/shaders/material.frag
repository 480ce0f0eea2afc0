#version 330 core
// One program per material (`MATERIAL`). `FIGURE`: it takes its own shadow. `MOVING`: where it is in the next frame is drawn too.
#include "light.glsl"
#include "finish.glsl"
#include "surfaces.glsl"
#include "shadow.glsl"

uniform vec3 eye;
uniform vec2 extent;                   // of what is drawn, pixels as drawn
uniform float finer;                   // pixels as drawn to one of the picture

in vec3 world;
in vec3 facing;
in vec2 grain;
in vec4 paint;
in vec3 soft;
in vec3 gleam;
flat in float label;

layout(location = 0) out vec4 drawn;
layout(location = 1) out float drawn_label;
#if MOVING
in vec4 later;
layout(location = 2) out vec2 motion;
#endif

const float PI = 3.14159265;
const int TAPS = 5;
const float FLOOR_TOP_M = 0.03;        // what lies lower and faces up takes the figure's shadow

float bell(float nh, float width4)     // Trowbridge-Reitz distribution
{
    float spread = nh * nh * (width4 - 1.0) + 1.0;
    return width4 / (PI * spread * spread);
}

float fresnel(float cosine)
{
    float rest = 1.0 - max(cosine, 0.0), rest2 = rest * rest;
    return 0.04 + 0.96 * rest2 * rest2 * rest;
}

float shine()
{
    if (WOVEN)
        return 0.05;
    if (MATERIAL == METAL)
        return 1.2;
    if (MATERIAL == LEATHER)
        return 0.35;
    return 0.25;
}

// Strands reflect a band across their own direction (Kajiya & Kay 1989); a second, wider one has their colour.
vec3 hair_shine(vec3 albedo, vec3 n, vec3 v, vec3 l)
{
    vec3 dx = dFdx(world), dy = dFdy(world);
    vec2 gx = dFdx(grain), gy = dFdy(grain);
    vec3 strand = dy * gx.x - dx * gy.x;
    strand = normalize(strand - n * dot(strand, n) + 1e-6 * n.yzx);
    float across = dot(strand, normalize(l + v));
    float band = sqrt(max(1.0 - across * across, 0.0));
    return vec3(0.035 * pow(band, 60.0)) + 0.22 * albedo * pow(band, 14.0);
}

vec3 mirrored(vec3 albedo, vec3 n, vec3 v, vec3 l)
{
    if (MATERIAL == HAIR)
        return hair_shine(albedo, n, v, l);
    vec3 h = normalize(l + v);
    float nh = max(dot(n, h), 0.0), f = fresnel(dot(h, v));
    if (MATERIAL == SKIN)              // a wide film of sweat and a narrow one of oil
        return vec3(f * (0.15 * bell(nh, paint.a) + 0.05 * bell(nh, 0.2401 * paint.a)));
    return (MATERIAL == METAL ? albedo : vec3(1.0)) * shine() * f * bell(nh, paint.a);
}

vec3 lit_colour(vec3 n, vec3 v)
{
    vec3 albedo = surface_colour(MATERIAL, paint.rgb, grain);
    if (MATERIAL == GLOW)
        return albedo;
    vec3 key = key_colour, light = soft;
    float cosine = dot(n, to_key);
#if FIGURE
    key *= lit_share(in_shade(world, n), clamp(0.23 * softness, 0.004, 0.03), TAPS, turned(hash_of_pixel(gl_FragCoord.xy)));
    light += key * received(cosine);
#endif
    return albedo * light + key * max(cosine, 0.0) * mirrored(albedo, n, v, to_key) + gleam * grazed(albedo, dot(n, v));
}

void main()
{
    vec3 v = normalize(eye - world);
    vec3 n = normalize(facing);
#if FIGURE
    if (dot(n, v) < 0.0)
        n = -n;
    float kept = 1.0;
#else
    float kept = n.y > 0.5 && world.y < FLOOR_TOP_M ? 1.0 : 0.0;
#endif
    bool unseen = MATERIAL == SHADOW;  // it only takes the shadow, on what lies behind everything
    drawn = vec4(unseen ? vec3(0.0) : shown(lit_colour(n, v)), kept);
    drawn_label = unseen ? 0.0 : label / 255.0;
#if MOVING
    motion = ((0.5 + 0.5 * later.xy / later.w) * extent - gl_FragCoord.xy) / finer * vec2(1.0, -1.0);
#endif
}
