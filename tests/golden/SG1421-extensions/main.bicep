// Some extensions need settings, others have none.
extension kubernetes
extension az with { }
