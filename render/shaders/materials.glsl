// Numbers of materials as in render/figure/part.py.

const int SKIN = 0;
const int CLOTH = 1;
const int HAIR = 2;
const int PLAIN = 3;
const int FLOOR = 4;
const int WALL = 5;
const int SHADOW = 6;                  // an unseen sheet on the floor that only takes light away
const int WOOD = 7;
const int CARPET = 8;
const int ASPHALT = 9;
const int PAVING = 10;
const int GRASS = 11;
const int BRICK = 12;
const int GLOW = 13;                   // shines with its own colour
const int LEATHER = 14;
const int RUBBER = 15;
const int METAL = 16;
const int KNIT = 17;
const int DENIM = 18;
