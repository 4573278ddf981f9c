// A decorator is called
@secure
param password string
@sys.description
param name string
