// The shadow of the figure, from a depth map that follows it along the key light.

uniform sampler2DShadow shade;         // compared
uniform sampler2D shade_depth;         // the same map, read plainly
uniform mat4 to_shade;                 // world to the map, 0 to 1
uniform vec2 shade_extent;             // width and depth of the map, m

const float BIAS_M = 0.005;
const float LIFT_M = 0.006;            // along the normal

float hash_of_pixel(vec2 p)
{
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec2 turned(float share)               // of a circle: cosine and sine
{
    return vec2(cos(6.2832 * share), sin(6.2832 * share));
}

// Places spread evenly over the unit disc.
vec2 spiral(int k, int taps, vec2 turn)
{
    float r = sqrt((float(k) + 0.5) / float(taps)), a = float(k) * 2.39996;
    return r * (cos(a) * turn + sin(a) * vec2(-turn.y, turn.x));
}

vec3 in_shade(vec3 point, vec3 n)
{
    vec3 at = (to_shade * vec4(point + LIFT_M * n, 1.0)).xyz;
    at.z -= BIAS_M / shade_extent.y;
    return at;
}

// Share of the key light that arrives, averaged over a disc of the map.
float lit_share(vec3 at, float radius_m, int taps, vec2 turn)
{
    float lit = 0.0;
    for (int k = 0; k < taps; ++k)
        lit += texture(shade, vec3(at.xy + radius_m / shade_extent.x * spiral(k, taps, turn), at.z));
    return lit / float(taps);
}
