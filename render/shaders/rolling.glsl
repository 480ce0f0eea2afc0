// Where a still point is at the time of the line that it is seen in. `ROLLING`: the shutter rolls, as in render/raster/view.py.

uniform mat4 view;
uniform vec3 eye;                      // where the camera is

#if ROLLING
uniform vec3 travel;
uniform vec3 turning;
uniform vec4 lines;                    // focal length, centre of the lens below the middle line, half the height, all in pixels; seconds a line

const int STEPS = 3;

vec3 as_exposed(vec3 point)
{
    vec3 passing = -travel - cross(turning, point - eye);
    vec3 at = point;
    for (int k = 0; k < STEPS; ++k) {
        vec3 seen = bent((view * vec4(at, 1.0)).xyz);
        float late = clamp(lines.x * seen.y / min(seen.z, -1e-6) + lines.y, -lines.z, lines.z);
        at = point + lines.w * late * passing;
    }
    return at;
}
#else
vec3 as_exposed(vec3 point)
{
    return point;
}
#endif
