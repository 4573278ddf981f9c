// What the emitter does not know is an error.
extension microsoftGraphV1
