// The light of a place (render/light.py): a key light, up to two fills, a dome; and how a camera shows what it receives.

uniform vec3 to_key;
uniform vec3 key_colour;
uniform float softness;                // width of the key's source over its distance
uniform vec3 to_fill[2];
uniform vec3 fill_colour[2];
uniform vec3 dome[9];                  // irradiance; order of render.light.harmonics

vec3 dome_light(vec3 n)
{
    vec3 even = dome[0] + dome[1] * n.y + dome[2] * n.z + dome[3] * n.x;
    vec3 bands = dome[4] * (n.x * n.y) + dome[5] * (n.y * n.z) + dome[6] * (3.0 * n.z * n.z - 1.0);
    return max(even + bands + dome[7] * (n.x * n.z) + dome[8] * (n.x * n.x - n.y * n.y), 0.0);
}

vec3 shown(vec3 colour)                // soft shoulder, then display gamma
{
    return pow(1.0 - exp(-EXPOSURE * colour), vec3(1.0 / GAMMA));
}
