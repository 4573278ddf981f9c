// emulator/location.c: regions.
#include "compiler/evaluate/shape.h"
#include "emulator/handlers.h"
#include "emulator/resource.h"

typedef struct {
    const char *name, *display, *geography, *paired;
    bool zones;
} Location;

static const Location locations[] = {
#define LOCATION(name, display, geography, paired, zones) {name, display, geography, paired, zones},
#include "emulator/location.def"
#undef LOCATION
};
enum { LOCATION_COUNT = sizeof locations / sizeof *locations };

Text location_name(Arena *arena, Text location)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < location.length; i++) {
        if (location.at[i] != ' ') buffer_char(&out, location.at[i]);
    }
    return text_lower(arena, buffer_done(&out));
}

bool location_known(Text name)
{
    for (size_t i = 0; i < LOCATION_COUNT; i++) {
        if (text_alike(name, text_of(locations[i].name)) ||
            text_alike(name, text_of(locations[i].display)))
            return true;
    }
    return false;
}

void locations_list(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Value *items = value_array(arena);
    for (size_t i = 0; i < LOCATION_COUNT; i++) {
        const Location *location = &locations[i];
        Text id = text_format(arena, "/subscriptions/%.*s/locations/%s",
                              TEXT_ARG(exchange->words[0]), location->name);
        Value *zones = value_array(arena);
        for (int zone = 1; location->zones && zone <= 3; zone++)
            value_append(arena, zones,
                         shape_make(arena, "{logicalZone:%t,physicalZone:%t}",
                                    text_format(arena, "%d", zone),
                                    text_format(arena, "%s-az%d", location->name, zone)));
        value_append(
            arena, items,
            shape_make(arena,
                       "{id:%t,name:%s,type:'Region',displayName:%s,regionalDisplayName:%s,"
                       "metadata:{regionType:'Physical',regionCategory:'Recommended',geography:%s,"
                       "geographyGroup:%s,pairedRegion:[%v]},availabilityZoneMappings:%v}",
                       id, location->name, location->display, location->display,
                       location->geography, location->geography,
                       *location->paired ? shape_make(arena, "{name:%s}", location->paired) : NULL,
                       zones));
    }
    answer(exchange, 200, shape_make(arena, "{value:%v}", items));
}
