using NodeMesh.Samples.Shop;

return await ShopService.RunAsync(args);
