@description('Where the shop is.')
param url string
param products array = [
  'tea'
  'cups'
]

extension shop with {
  url: url
} as s

@description('What is sold.')
resource product 's:shop/product@v1' = [
  for name in products: {
    name: name
    price: 3
  }
]

resource sold 'shop/product@v1' existing = {
  name: 'milk'
}

resource order 'shop/order@v1' = if (length(products) > 1) {
  number: 1
  lines: [
    product[0].name
    sold.name
  ]
}

module more 'more.bicep' = {
  params: {
    url: url
  }
}

resource files 'az:Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: toLower(product[0].name)
}

output stock int = sold.stock
output shipped string = order!.ship('here')
output kind string = files.kind
output price int? = more.outputs.price
