// Modules come from files only.
module a 'br/public:avm/res/network/virtual-network:0.1.0' = {
  name: 'a'
}
module b 'template.json' = {
  name: 'b'
}
