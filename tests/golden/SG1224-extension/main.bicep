// A package must hold index.json, and the types that it names.
extension './bicepconfig.json' as a
extension './empty.tgz' as b
extension './damaged.tgz' as c
