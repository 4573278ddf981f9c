// compiler/swarm/reference.c: the page about swarm.yaml. A section for each type with a name, in
// the order in which a reader meets them; the members of a union share one table, each row says for
// which of them it holds.
#include "compiler/swarm/setting.h"
#include "compiler/swarm/swarm.h"

typedef struct {
    Type *type;
    Text *paths; // where it is used
    size_t count, room;
} Section;

typedef struct {
    Types types;
    TextBuffer *out;
    struct {
        Section **items; // in the order of the page
        size_t count, room;
    } sections;
} Page;

// ----------------------------------------------------------------------------------------------
// collecting

static Text joined(Arena *arena, Text path, Text name)
{
    if (!path.length) return name;
    return text_format(arena, "%.*s.%.*s", TEXT_ARG(path), TEXT_ARG(name));
}

static bool is_group(const Type *type)
{
    return type->kind == TYPE_OBJECT ||
           (type->kind == TYPE_UNION && setting_discriminator(type).length);
}

static Section *section_of(Page *page, Type *type, bool *is_new)
{
    for (size_t i = 0; i < page->sections.count; i++) {
        if (text_equal(page->sections.items[i]->type->name, type->name)) {
            *is_new = false;
            return page->sections.items[i];
        }
    }
    Section *section = arena_new(page->types.arena, Section);
    section->type = type;
    list_add(page->types.arena, &page->sections, section);
    *is_new = true;
    return section;
}

static void collect(Page *page, Type *type, Text path);

static void collect_members(Page *page, Type *object, Text path)
{
    for (size_t i = 0; i < object->object.count; i++) {
        Text inner = joined(page->types.arena, path, object->object.items[i].name);
        collect(page, type_property(&page->types, object, i), inner);
    }
    Type *rest = type_rest(&page->types, object);
    if (rest) collect(page, rest, joined(page->types.arena, path, TEXT("NAME")));
}

// The same place is met once for each member of a union.
static void add_path(Page *page, Section *section, Text path)
{
    for (size_t i = 0; i < section->count; i++) {
        if (text_equal(section->paths[i], path)) return;
    }
    struct {
        Text *items;
        size_t count, room;
    } list = {section->paths, section->count, section->room};
    list_add(page->types.arena, &list, path);
    section->paths = list.items;
    section->count = list.count;
    section->room = list.room;
}

static void collect(Page *page, Type *type, Text path)
{
    if (type->kind == TYPE_ARRAY) {
        Type *element = type_element(&page->types, type);
        if (element)
            collect(page, element, text_format(page->types.arena, "%.*s[]", TEXT_ARG(path)));
        return;
    }
    if (!is_group(type)) return;
    bool is_new = true;
    if (type->name.length) {
        Section *section = section_of(page, type, &is_new);
        size_t before = section->count;
        add_path(page, section, path);
        if (section->count == before) return;
    }
    if (path.length > 200) return; // a type within itself
    for (size_t i = 0; type->kind == TYPE_UNION && i < type->members.count; i++) {
        collect_members(page, type->members.items[i], path);
    }
    if (type->kind == TYPE_OBJECT) collect_members(page, type, path);
}

// ----------------------------------------------------------------------------------------------
// cells

// Text of a table's cell: a bar and a line end would end the cell.
static void write_cell(TextBuffer *out, Text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (c == '|') buffer_char(out, '\\');
        buffer_char(out, c == '\n' ? ' ' : c);
    }
}

static void write_code(TextBuffer *out, Text text)
{
    buffer_char(out, '`');
    write_cell(out, text);
    buffer_char(out, '`');
}

static void write_link(TextBuffer *out, Text name)
{
    buffer_format(out, "[%.*s](#", TEXT_ARG(name));
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        buffer_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 32) : c);
    }
    buffer_char(out, ')');
}

static void write_unit(Page *page, const Type *type)
{
    Text unit = setting_text(page->types.arena, type, "unit");
    if (unit.length) buffer_format(page->out, ", in %.*s", TEXT_ARG(unit));
}

static void write_choices(Page *page, const Value **choices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_string(page->out, i + 1 == count ? " or " : ", ");
        write_code(page->out, setting_yaml(page->types.arena, choices[i]));
    }
}

static void write_limits(Page *page, const Type *type, const char *least, const char *most)
{
    int64_t low, high;
    bool has_low = type_limit(type, least, &low), has_high = type_limit(type, most, &high);
    if (has_low && has_high)
        buffer_format(page->out, ", %lld to %lld", (long long)low, (long long)high);
    if (has_low && !has_high) buffer_format(page->out, ", at least %lld", (long long)low);
    if (!has_low && has_high) buffer_format(page->out, ", at most %lld", (long long)high);
}

static void write_text_type(Page *page, const Type *type)
{
    Text hint = setting_text(page->types.arena, type, "patternHint");
    Text pattern = setting_text(page->types.arena, type, "pattern");
    int64_t limit;
    if (type_metadata(type, "file")) {
        buffer_string(page->out, "name of a file beside swarm.yaml");
        return;
    }
    write_cell(page->out, hint.length ? hint : TEXT("text"));
    write_limits(page, type, "minLength", "maxLength");
    bool limited = type_limit(type, "minLength", &limit) || type_limit(type, "maxLength", &limit);
    if (limited) buffer_string(page->out, " characters");
    if (pattern.length && !hint.length) {
        buffer_string(page->out, limited ? ", that matches " : " that matches ");
        write_code(page->out, pattern);
    }
}

static void write_type(Page *page, Type *type)
{
    const Value **choices;
    size_t count;
    if (setting_choices(page->types.arena, type, &choices, &count)) {
        write_choices(page, choices, count);
        write_unit(page, type);
        return;
    }
    switch (type->kind) {
    case TYPE_BOOL: buffer_string(page->out, "`true` or `false`"); break;
    case TYPE_INT:
        buffer_string(page->out, "whole number");
        write_limits(page, type, "minValue", "maxValue");
        write_unit(page, type);
        break;
    case TYPE_STRING: write_text_type(page, type); break;
    case TYPE_ARRAY:
        buffer_string(page->out, "list of ");
        if (type_element(&page->types, type)) write_type(page, type_element(&page->types, type));
        write_limits(page, type, "minLength", "maxLength");
        break;
    case TYPE_OBJECT:
        if (type->name.length) {
            write_link(page->out, type->name);
        } else if (type_rest(&page->types, type)) {
            write_type(page, type_rest(&page->types, type));
            buffer_string(page->out, " by name");
        } else {
            buffer_string(page->out, "settings");
        }
        break;
    case TYPE_UNION: write_link(page->out, type->name); break;
    case TYPE_TUPLE:
    case TYPE_ANY:
    case TYPE_RESOURCE:
    case TYPE_NULL:
    case TYPE_LITERAL: buffer_string(page->out, "value"); break;
    }
}

static void write_default(Page *page, const Type *type)
{
    const Value *usual = setting_metadata(page->types.arena, type, "default");
    if (usual) {
        write_code(page->out, setting_yaml(page->types.arena, usual));
    } else {
        buffer_string(page->out, type->nullable ? "none" : "**required**");
    }
}

static void write_example(Page *page, const Type *type)
{
    const Value *example = setting_metadata(page->types.arena, type, "example");
    if (!example) return;
    buffer_string(page->out, " Example: ");
    write_code(page->out, setting_yaml(page->types.arena, example));
    buffer_char(page->out, '.');
}

// "| `name` | description | type | default |"
static Text row_text(Page *page, Type *type, Text name, Text note)
{
    TextBuffer row = {.arena = page->types.arena}, *out = page->out;
    page->out = &row;
    buffer_string(&row, "| ");
    write_code(&row, name);
    buffer_string(&row, " | ");
    write_cell(&row, type_description(type));
    write_example(page, type);
    if (note.length) buffer_format(&row, " %.*s", TEXT_ARG(note));
    buffer_string(&row, " | ");
    write_type(page, type);
    buffer_string(&row, " | ");
    write_default(page, type);
    buffer_string(&row, " |\n");
    page->out = out;
    return buffer_done(&row);
}

// ----------------------------------------------------------------------------------------------
// sections

static void write_head(Page *page)
{
    buffer_string(page->out,
                  "| setting | what it is | value | default |\n| --- | --- | --- | --- |\n");
}

static void write_object(Page *page, Type *object)
{
    write_head(page);
    for (size_t i = 0; i < object->object.count; i++) {
        Type *type = type_property(&page->types, object, i);
        buffer_text(page->out, row_text(page, type, object->object.items[i].name, (Text){0}));
    }
    Type *rest = type_rest(&page->types, object);
    if (rest) buffer_text(page->out, row_text(page, rest, TEXT("NAME"), (Text){0}));
}

static Text member_row(Page *page, Type *member, Text name, Text note)
{
    TypeProperty *property = type_find(member, name);
    if (!property) return (Text){0};
    Type *type = type_property(&page->types, member, (size_t)(property - member->object.items));
    return row_text(page, type, name, note);
}

// The members from `first` on whose row for `name` is the same; the others are marked in `done` by
// their own turn.
static void write_member_rows(Page *page, Type *whole, Text decides, size_t first, Text name,
                              bool *done)
{
    Arena *arena = page->types.arena;
    Text row = member_row(page, whole->members.items[first], name, (Text){0});
    Text *variants = arena_array(arena, Text, whole->members.count);
    size_t count = 0;
    for (size_t i = first; i < whole->members.count; i++) {
        if (done[i] || !text_equal(member_row(page, whole->members.items[i], name, (Text){0}), row))
            continue;
        done[i] = true;
        Text variant = setting_variant(&page->types, whole->members.items[i], decides);
        variants[count++] =
            text_format(arena, "`%.*s: %.*s`", TEXT_ARG(decides), TEXT_ARG(variant));
    }
    Text note = {0};
    if (count < whole->members.count) {
        Text list = setting_list(arena, variants, count);
        note = text_format(arena, "*Only with %.*s.*", TEXT_ARG(list));
    }
    buffer_text(page->out, member_row(page, whole->members.items[first], name, note));
}

static void write_discriminator(Page *page, Type *whole, Text decides)
{
    Type *usual = setting_usual_variant(&page->types, whole, decides);
    buffer_string(page->out, "| ");
    write_code(page->out, decides);
    buffer_string(page->out, " | What kind it is: ");
    for (size_t i = 0; i < whole->members.count; i++) {
        Type *member = whole->members.items[i];
        Text what = type_description(member);
        if (i) buffer_string(page->out, "; ");
        write_code(page->out, setting_variant(&page->types, member, decides));
        buffer_string(page->out, ": ");
        write_cell(page->out, text_slice(what, 0, what.length - text_ends(what, ".")));
    }
    buffer_string(page->out, ". | ");
    for (size_t i = 0; i < whole->members.count; i++) {
        if (i) buffer_string(page->out, i + 1 == whole->members.count ? " or " : ", ");
        write_code(page->out, setting_variant(&page->types, whole->members.items[i], decides));
    }
    buffer_string(page->out, " | ");
    if (usual) {
        write_code(page->out, setting_variant(&page->types, usual, decides));
    } else {
        buffer_string(page->out, "**required**");
    }
    buffer_string(page->out, " |\n");
}

static bool appeared_before(const Type *whole, size_t member, Text name)
{
    for (size_t i = 0; i < member; i++) {
        if (type_find(whole->members.items[i], name)) return true;
    }
    return false;
}

static void write_union(Page *page, Type *whole)
{
    Text decides = setting_discriminator(whole);
    write_head(page);
    write_discriminator(page, whole, decides);
    for (size_t i = 0; i < whole->members.count; i++) {
        const Type *member = whole->members.items[i];
        for (size_t j = 0; j < member->object.count; j++) {
            Text name = member->object.items[j].name;
            if (text_equal(name, decides) || appeared_before(whole, i, name)) continue;
            bool *done = arena_array(page->types.arena, bool, whole->members.count);
            for (size_t k = i; k < whole->members.count; k++) {
                if (done[k] || !type_find(whole->members.items[k], name)) continue;
                write_member_rows(page, whole, decides, k, name, done);
            }
        }
    }
}

static void write_section(Page *page, const Section *section)
{
    buffer_format(page->out, "\n## %.*s\n\n", TEXT_ARG(section->type->name));
    Text description = type_description(section->type);
    if (description.length) buffer_format(page->out, "%.*s\n\n", TEXT_ARG(description));
    if (section->paths[0].length) {
        buffer_string(page->out, "In ");
        for (size_t i = 0; i < section->count; i++) {
            if (i) buffer_string(page->out, ", ");
            write_code(page->out, section->paths[i]);
        }
        buffer_string(page->out, ".\n\n");
    }
    if (section->type->kind == TYPE_UNION) write_union(page, section->type);
    if (section->type->kind == TYPE_OBJECT) write_object(page, section->type);
}

static const char introduction[] =
    "# swarm.yaml\n"
    "\n"
    "Every setting of a description. Only `name` must be written; everything else has a default, "
    "or means something where\n"
    "it is left out. The file is YAML 1.2 (`yes`, `no`, `on` and dates are texts), UTF-8, one "
    "document, without merge keys.\n"
    "A key that is not listed here is an error.\n"
    "\n"
    "This page is made from `templates/swarm.bicep`: `swarmgen schema --reference`.\n";

// The declared type itself, without what a property says about its use of it.
static Type *declared(Page *page, BoundFile *file, Type *type)
{
    const Symbol *symbol = bind_lookup(file, type->name);
    return symbol && symbol->kind == SYMBOL_TYPE ? type_declared(&page->types, symbol) : type;
}

bool swarm_write_reference(Arena *arena, Diags *diags, BoundFile *types, TextBuffer *out)
{
    Page page = {.types = {.arena = arena}, .out = out};
    const Symbol *symbol = bind_lookup(types, TEXT("Swarm"));
    if (!symbol || symbol->kind != SYMBOL_TYPE) {
        diag_add_with(diags, DIAG_NO_SWARM_TYPE, ((Place){types->syntax->source, 0, 0}),
                      TEXT("Swarm"));
        return false;
    }
    collect(&page, type_declared(&page.types, symbol), (Text){"", 0});
    buffer_string(out, introduction);
    for (size_t i = 0; i < page.sections.count; i++) {
        page.sections.items[i]->type = declared(&page, types, page.sections.items[i]->type);
        write_section(&page, page.sections.items[i]);
    }
    return true;
}
