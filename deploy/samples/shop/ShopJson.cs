using System.Text.Json.Serialization;

namespace NodeMesh.Samples.Shop;

/// <summary>JSON without reflection: the services start sooner.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ShopAnswer))]
internal sealed partial class ShopJson : JsonSerializerContext;
