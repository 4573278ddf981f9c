// What is not built in must be named in bicepconfig.json.
extension shop
