type Description = {
  name: string
}
