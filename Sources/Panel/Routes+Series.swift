extension Routes {
  var series: [Route] { [] }
}
