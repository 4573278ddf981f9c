// A JSON file that is called must be a template.
module a 'text.json' = {}
module b 'object.json' = {}
