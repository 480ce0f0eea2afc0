// The light of a place (render/core/light.py): a key light, up to two fills, a dome; and how a camera shows what it receives.

uniform vec3 to_key;
uniform vec3 key_colour;
uniform float softness;                // width of the key's source over its distance
uniform vec3 to_fill[2];
uniform vec3 fill_colour[2];
uniform vec3 dome[9];                  // irradiance; order of render.core.light.harmonics

vec3 dome_light(vec3 n)
{
    vec3 even = dome[0] + dome[1] * n.y + dome[2] * n.z + dome[3] * n.x;
    vec3 bands = dome[4] * (n.x * n.y) + dome[5] * (n.y * n.z) + dome[6] * (3.0 * n.z * n.z - 1.0);
    return max(even + bands + dome[7] * (n.x * n.z) + dome[8] * (n.x * n.x - n.y * n.y), 0.0);
}

// Soft shoulder, then display gamma, as a ratio of polynomials in the fourth root (render/raster/composite.py).
vec3 shown(vec3 colour)
{
    vec3 q = sqrt(sqrt(clamp(colour, 0.0, BRIGHTEST)));
    vec3 over = q * (SHOWN_OVER.x + q * (SHOWN_OVER.y + q * (SHOWN_OVER.z + q * SHOWN_OVER.w)));
    return over / (1.0 + q * (SHOWN_UNDER.x + q * (SHOWN_UNDER.y + q * (SHOWN_UNDER.z + q * SHOWN_UNDER.w))));
}
