// Colours of surfaces, made from their place on the surface: `grain`, metres.
// Detail finer than a pixel fades to its mean, so that nothing shimmers.

float hash(vec2 p)
{
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float value_noise(vec2 p)
{
    vec2 cell = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(cell), hash(cell + vec2(1, 0)), f.x), mix(hash(cell + vec2(0, 1)), hash(cell + vec2(1, 1)), f.x), f.y);
}

// How much of a pattern of so many cells a metre is seen where a pixel spans `pixel` metres.
float seen(float per_metre, vec2 pixel)
{
    return clamp(1.2 - max(pixel.x, pixel.y) * per_metre * 1.5, 0.0, 1.0);
}

// Noise about zero that fades where it is finer than the pixels.
float mottle(vec2 grain, vec2 per_metre, vec2 pixel)
{
    vec2 cells = pixel * per_metre;
    return (value_noise(grain * per_metre) - 0.5) * clamp(1.2 - max(cells.x, cells.y) * 1.5, 0.0, 1.0);
}

float mottle(vec2 grain, float per_metre, vec2 pixel)
{
    return mottle(grain, vec2(per_metre), pixel);
}

// Share of a pixel of width `pixel` around x that lies in stripes [k, k + width): box filter (Apodaca & Gritz 1999, Advanced RenderMan, ch. 11).
float stripes(float x, float width, float pixel)
{
    float w = max(pixel, 1e-5);
    float a = x - 0.5 * w, b = x + 0.5 * w;
    float to_a = floor(a) * width + min(fract(a), width);
    float to_b = floor(b) * width + min(fract(b), width);
    return clamp((to_b - to_a) / w, 0.0, 1.0);
}

// Slabs of `size` metres, each row shifted by `shift` of a slab; gives the slab's own random number and how much of the pixel is joint.
vec2 slabs(vec2 grain, vec2 size, float shift, float joint, vec2 pixel)
{
    float row = floor(grain.y / size.y);
    float along = grain.x / size.x + shift * row;
    float gap = max(stripes(along, joint / size.x, pixel.x / size.x), stripes(grain.y / size.y, joint / size.y, pixel.y / size.y));
    return vec2(hash(vec2(floor(along), row) + 7.0), gap);
}

vec3 floor_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    vec2 tile = slabs(grain, vec2(0.6), 0.0, 0.004, pixel);
    float cloud = value_noise(grain * 9.0) * 0.6 + value_noise(grain * 31.0) * 0.4 * seen(31.0, pixel);
    colour *= 0.89 + 0.20 * cloud + 0.22 * mottle(grain, 140.0, pixel) + 0.04 * tile.x;
    return colour * (1.0 - 0.25 * tile.y);
}

// Paint: scuffed and patchy at the scale of a hand, rolled at that of a finger.
vec3 wall_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    return colour * (1.0 + 0.06 * (value_noise(grain * 1.3) - 0.5) + 0.06 * mottle(grain, 9.0, pixel) + 0.07 * mottle(grain, 42.0, pixel));
}

// Wrinkles, about as long as a hand and as wide as a finger, and the weave.
vec3 cloth_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    vec2 bent = grain + 0.012 * vec2(value_noise(grain * 7.0), value_noise(grain.yx * 7.0));
    float wrinkles = mottle(bent, vec2(34.0, 13.0), pixel) + 0.7 * mottle(vec2(bent.x + 0.6 * bent.y, bent.y - 0.6 * bent.x), vec2(15.0, 42.0), pixel);
    return colour * (1.0 + 0.20 * wrinkles + 0.10 * mottle(grain, vec2(900.0, 700.0), pixel));
}

vec3 wood_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    float row = floor(grain.y / 0.14);
    vec2 board = slabs(grain, vec2(1.35, 0.14), 0.37, 0.0018, pixel);
    vec2 fibre = grain + vec2(17.0 * board.x, 5.0 * row);
    float bend = 0.02 * value_noise(fibre * vec2(1.6, 9.0));
    float rings = mottle(fibre + vec2(0.0, bend), vec2(1.8, 70.0), pixel) + 0.6 * mottle(fibre, vec2(9.0, 330.0), pixel);
    colour *= 1.0 + 0.22 * (board.x - 0.5) * seen(7.0, pixel) + 0.28 * rings;
    return colour * (1.0 - 0.55 * board.y);
}

vec3 carpet_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    float pile = 0.55 * mottle(grain, 420.0, pixel) + 0.35 * mottle(grain, 110.0, pixel) + 0.30 * mottle(grain, 30.0, pixel) + 0.26 * mottle(grain, 6.0, pixel);
    return colour * (1.0 + 0.55 * pile);
}

vec3 asphalt_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    float stones = 0.5 * mottle(grain, 260.0, pixel) + 0.4 * mottle(grain, 85.0, pixel);
    float wear = 0.22 * mottle(grain, 0.7, pixel) + 0.14 * mottle(grain, 4.0, pixel);
    float crack = 1.0 - smoothstep(0.0, 0.012 + 2.0 * max(pixel.x, pixel.y), abs(value_noise(grain * 0.55) - 0.5));
    return colour * (1.0 + 0.75 * stones + wear - 0.10 * crack * seen(60.0, pixel));
}

vec3 paving_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    vec2 slab = slabs(grain, vec2(0.6, 0.4), 0.5, 0.007, pixel);
    float stone = 0.35 * mottle(grain, 230.0, pixel) + 0.22 * mottle(grain, 40.0, pixel) + 0.25 * mottle(grain, 1.3, pixel);
    colour *= 1.0 + 0.14 * (slab.x - 0.5) * seen(2.5, pixel) + 0.45 * stone;
    return colour * (1.0 - 0.5 * slab.y);
}

vec3 grass_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    float blades = 0.8 * mottle(grain, vec2(230.0, 90.0), pixel) + 0.5 * mottle(grain, vec2(40.0, 65.0), pixel);
    float patches = mottle(grain, 1.7, pixel) + 0.5 * mottle(grain, 7.0, pixel);
    vec3 dry = vec3(1.25, 1.05, 0.8);
    return colour * (1.0 + 0.7 * blades) * mix(vec3(1.0), dry, clamp(0.5 + patches, 0.0, 1.0));
}

vec3 brick_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    vec2 brick = slabs(grain, vec2(0.225, 0.075), 0.5, 0.010, pixel);
    float rough = 0.4 * mottle(grain, 190.0, pixel) + 0.3 * mottle(grain, 35.0, pixel) + 0.15 * mottle(grain, 0.8, pixel);
    vec3 own = mix(vec3(0.86, 0.80, 0.80), vec3(1.14, 1.16, 1.12), brick.x);
    colour *= mix(vec3(1.0), own, seen(6.0, pixel)) * (1.0 + 0.4 * rough);
    vec3 mortar = vec3(0.36, 0.34, 0.31) * (1.0 + 0.3 * mottle(grain, 160.0, pixel));
    return mix(colour, mortar, brick.y);
}

vec3 leather_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    float pores = mottle(grain, 520.0, pixel) + 0.6 * mottle(grain, 160.0, pixel);
    return colour * (1.0 + 0.12 * pores + 0.10 * mottle(grain, 12.0, pixel));
}

vec3 rubber_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    float fleck = smoothstep(0.76, 0.84, value_noise(grain * 120.0)) * seen(120.0, pixel);
    float worn = 0.10 * mottle(grain, 3.0, pixel) + 0.14 * mottle(grain, 16.0, pixel) + 0.10 * mottle(grain, 45.0, pixel);
    return mix(colour * (1.0 + worn), colour * 1.6 + 0.02, 0.30 * fleck);
}

vec3 knit_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    vec2 stitch = grain / vec2(0.0045, 0.0035);
    float slant = abs(fract(stitch.x) - 0.5);
    float loop_height = abs(fract(stitch.y + slant) - 0.5) * 2.0;
    float relief = (loop_height * (1.0 - 1.2 * slant) - 0.35) * seen(240.0, pixel);
    return colour * (0.96 + 0.35 * relief + 0.10 * mottle(grain, 60.0, pixel) + 0.05 * mottle(grain, 9.0, pixel));
}

vec3 denim_colour(vec3 colour, vec2 grain, vec2 pixel)
{
    float across = (grain.x + grain.y) / 0.0018;
    float twill = (stripes(across, 0.4, (pixel.x + pixel.y) / 0.0018) - 0.4) * seen(250.0, pixel);
    float slub = mottle(grain, vec2(900.0, 60.0), pixel) + 0.5 * mottle(grain, vec2(300.0, 25.0), pixel);
    float fade = 0.30 * mottle(grain, vec2(11.0, 6.0), pixel) + 0.12 * mottle(grain, 45.0, pixel);
    return mix(colour * (1.0 + 0.30 * slub + fade), vec3(0.42, 0.45, 0.50), 0.16 * clamp(0.5 + twill + 0.5 * slub, 0.0, 1.0));
}

vec3 surface_colour(int material, vec3 colour, vec2 grain)
{
    vec2 pixel = fwidth(grain);
    switch (material) {
    case SKIN:
        return colour * (0.985 + 0.03 * value_noise(grain * 90.0));
    case CLOTH:
        return cloth_colour(colour, grain, pixel);
    case HAIR:
        return colour * (0.50 + 0.55 * value_noise(grain * vec2(420.0, 22.0)) * seen(420.0, pixel) + 0.7 * value_noise(grain * vec2(110.0, 7.0)));
    case FLOOR:
        return floor_colour(colour, grain, pixel);
    case WALL:
        return wall_colour(colour, grain, pixel);
    case WOOD:
        return wood_colour(colour, grain, pixel);
    case CARPET:
        return carpet_colour(colour, grain, pixel);
    case ASPHALT:
        return asphalt_colour(colour, grain, pixel);
    case PAVING:
        return paving_colour(colour, grain, pixel);
    case GRASS:
        return grass_colour(colour, grain, pixel);
    case BRICK:
        return brick_colour(colour, grain, pixel);
    case LEATHER:
        return leather_colour(colour, grain, pixel);
    case RUBBER:
        return rubber_colour(colour, grain, pixel);
    case METAL:
        return colour * (1.0 + 0.10 * mottle(grain, vec2(25.0, 900.0), pixel) + 0.04 * mottle(grain, 14.0, pixel));
    case KNIT:
        return knit_colour(colour, grain, pixel);
    case DENIM:
        return denim_colour(colour, grain, pixel);
    }
    return colour;
}
