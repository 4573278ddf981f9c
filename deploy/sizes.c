// deploy/sizes.c: checks of machines: is their size offered there, and are there cores enough.
#include "deploy/checks.h"

#include <ctype.h>

static bool has_text(const Value *list, Text text)
{
    for (size_t i = 0; i < list->array.count; i++) {
        if (text_alike(shape_text(list->array.items[i], ""), text)) return true;
    }
    return false;
}

static int64_t integer_of(const Value *value)
{
    if (value && value->kind == VALUE_INT) return value->integer;
    int64_t number = 0; // "10"
    Text text = shape_text(value, "");
    for (size_t i = 0; i < text.length && isdigit((unsigned char)text.at[i]); i++)
        number = number * 10 + (text.at[i] - '0');
    return number;
}

// ---- what the template wants

// The most machines that autoscale may make of the set.
static int64_t most_of(const Preflight *self, Text set, int64_t now)
{
    int64_t most = now;
    for (size_t i = 0; i < self->count; i++) {
        const Value *body = self->bodies[i];
        if (!check_type(&self->resources[i], "Microsoft.Insights/autoscaleSettings") ||
            !text_alike(shape_text(body, "properties.targetResourceUri"), set))
            continue;
        const Value *profiles = shape_list(body, "properties.profiles");
        for (size_t p = 0; p < profiles->array.count; p++) {
            int64_t maximum = integer_of(shape_at(profiles->array.items[p], "capacity.maximum"));
            if (maximum > most) most = maximum;
        }
    }
    return most;
}

static void add_machine(Preflight *self, const TemplateResource *resource, const Value *body)
{
    const Value *machine = existing_find(self->wanted->existing->machines, resource->id);
    Text size = shape_text(body, "properties.hardwareProfile.vmSize");
    bool there = text_alike(shape_text(machine, "properties.hardwareProfile.vmSize"), size);
    Machines machines = {.symbol = resource->symbol,
                         .size = size,
                         .location = shape_text(body, "location"),
                         .zones = shape_list(body, "zones"),
                         .now = !there,
                         .most = !there};
    list_add(self->arena, &self->machines, machines);
}

static void add_set(Preflight *self, const TemplateResource *resource, const Value *body)
{
    const Value *set = existing_find(self->wanted->existing->sets, resource->id);
    Text size = shape_text(body, "sku.name");
    bool same = text_alike(shape_text(set, "sku.name"), size);
    int64_t runs = same ? integer_of(shape_at(set, "sku.capacity")) : 0;
    int64_t now = integer_of(shape_at(body, "sku.capacity"));
    Text priority = shape_text(body, "properties.virtualMachineProfile.priority");
    Machines machines = {.symbol = resource->symbol,
                         .size = size,
                         .location = shape_text(body, "location"),
                         .zones = shape_list(body, "zones"),
                         .now = now - runs,
                         .most = most_of(self, resource->id, now) - runs,
                         .spot = text_alike(priority, TEXT("Spot"))};
    list_add(self->arena, &self->machines, machines);
}

void check_machines(Preflight *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const TemplateResource *resource = &self->resources[i];
        if (!self->bodies[i]) continue;
        if (check_type(resource, "Microsoft.Compute/virtualMachines"))
            add_machine(self, resource, self->bodies[i]);
        if (check_type(resource, "Microsoft.Compute/virtualMachineScaleSets"))
            add_set(self, resource, self->bodies[i]);
    }
}

// ---- sizes

// Where the machines are made; all are in one place.
static Text place(const Preflight *self)
{
    Text location = self->machines.count ? self->machines.items[0].location : (Text){0};
    return location.length ? location : self->wanted->location;
}

static Text zones_of(Preflight *self, const Value *zones)
{
    TextBuffer out = {.arena = self->arena};
    for (size_t i = 0; i < zones->array.count; i++)
        buffer_format(&out, "%s%.*s", i ? ", " : "",
                      TEXT_ARG(shape_text(zones->array.items[i], "")));
    return buffer_done(&out);
}

// Whether the subscription may not use the size there: in the region, or in that zone.
static bool restricted(const Value *sku, const Text *zone)
{
    const Value *restrictions = shape_list(sku, "restrictions");
    for (size_t i = 0; i < restrictions->array.count; i++) {
        const Value *one = restrictions->array.items[i];
        bool whole = text_alike(shape_text(one, "type"), TEXT("Location"));
        if (!zone && whole) return true;
        if (zone && !whole && has_text(shape_list(one, "restrictionInfo.zones"), *zone))
            return true;
    }
    return false;
}

static void look_at_zones(Preflight *self, const Machines *machines)
{
    const Value *where = shape_list(machines->sku, "locationInfo");
    const Value *offered = shape_list(where->array.count ? where->array.items[0] : NULL, "zones");
    for (size_t i = 0; i < machines->zones->array.count; i++) {
        Text zone = shape_text(machines->zones->array.items[i], "");
        if (has_text(offered, zone) && !restricted(machines->sku, &zone)) continue;
        Text known = zones_of(self, offered);
        check_found(self, true,
                    SENTENCE("%.*s: size %.*s is not offered to you in zone %.*s of %.*s",
                             TEXT_ARG(machines->symbol), TEXT_ARG(machines->size), TEXT_ARG(zone),
                             TEXT_ARG(place(self))),
                    known.length ? SENTENCE("it has zones %.*s: say so under zones, or choose "
                                            "another size",
                                            TEXT_ARG(known))
                                 : SENTENCE("zones: [] makes machines without zones"));
    }
}

void check_sizes(Preflight *self)
{
    Text path =
        SENTENCE("%.*s/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location"
                 "%%20eq%%20'%.*s'",
                 TEXT_ARG(self->subscription), TEXT_ARG(place(self)));
    const Value *skus = self->machines.count ? check_list(self, path, NULL) : NULL;
    if (!skus || !skus->array.count) return;
    for (size_t m = 0; m < self->machines.count; m++) {
        Machines *machines = &self->machines.items[m];
        for (size_t i = 0; i < skus->array.count && !machines->sku; i++) {
            const Value *sku = skus->array.items[i];
            bool same = text_alike(shape_text(sku, "name"), machines->size) &&
                        text_alike(shape_text(sku, "resourceType"), TEXT("virtualMachines"));
            if (same) machines->sku = sku;
        }
        if (machines->sku && !restricted(machines->sku, NULL)) {
            look_at_zones(self, machines);
            continue;
        }
        check_found(self, true,
                    SENTENCE("%.*s: size %.*s is not offered to you in %.*s",
                             TEXT_ARG(machines->symbol), TEXT_ARG(machines->size),
                             TEXT_ARG(place(self))),
                    SENTENCE("choose another size or region: az vm list-skus -l %.*s "
                             "--resource-type virtualMachines -o table",
                             TEXT_ARG(place(self))));
    }
}

// ---- quotas

static int64_t cores_of(const Value *sku)
{
    const Value *all = shape_list(sku, "capabilities");
    for (size_t i = 0; i < all->array.count; i++) {
        const Value *one = all->array.items[i];
        if (text_alike(shape_text(one, "name"), TEXT("vCPUs")))
            return integer_of(shape_at(one, "value"));
    }
    return 0;
}

// Cores that count against the quota of that name: a family, all ("cores"), or Spot.
static int64_t cores_for(const Preflight *self, Text quota, bool most)
{
    int64_t cores = 0;
    for (size_t i = 0; i < self->machines.count; i++) {
        const Machines *machines = &self->machines.items[i];
        bool family = text_alike(shape_text(machines->sku, "family"), quota);
        bool counts =
            machines->spot ? text_is(quota, "lowPriorityCores") : family || text_is(quota, "cores");
        if (counts) cores += (most ? machines->most : machines->now) * cores_of(machines->sku);
    }
    return cores;
}

void check_quotas(Preflight *self)
{
    Text path = SENTENCE("%.*s/providers/Microsoft.Compute/locations/%.*s/usages",
                         TEXT_ARG(self->subscription), TEXT_ARG(place(self)));
    const Value *usages = self->machines.count ? check_list(self, path, "2024-07-01") : NULL;
    for (size_t i = 0; usages && i < usages->array.count; i++) {
        const Value *usage = usages->array.items[i];
        Text name = shape_text(usage, "name.value"),
             shown = shape_text(usage, "name.localizedValue");
        int64_t left =
            integer_of(shape_at(usage, "limit")) - integer_of(shape_at(usage, "currentValue"));
        int64_t now = cores_for(self, name, false), most = cores_for(self, name, true);
        if (now <= left && most <= left) continue;
        Text todo =
            SENTENCE("ask for more: https://aka.ms/ProdportalCRP/#blade/Microsoft_Azure_Capacity/"
                     "UsageAndQuota.ReactView, or choose smaller or other sizes");
        Text what = now > left
                        ? SENTENCE("quota '%.*s' in %.*s: %lld cores are left, %lld are needed",
                                   TEXT_ARG(shown.length ? shown : name), TEXT_ARG(place(self)),
                                   (long long)left, (long long)now)
                        : SENTENCE("quota '%.*s' in %.*s: %lld cores are left; enough for now, but "
                                   "autoscale may want %lld",
                                   TEXT_ARG(shown.length ? shown : name), TEXT_ARG(place(self)),
                                   (long long)left, (long long)most);
        check_found(self, now > left, what, todo);
    }
}
