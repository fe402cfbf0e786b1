using System.Globalization;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Rows;

/// <summary>Waits until a row leads to both servers.</summary>
internal static class Answers
{
    public static async Task WaitForAsync(Row row, CancellationToken cancellation)
    {
        var url = $"http://{row.Endpoint.Address}:{row.Endpoint.Http.ToString(CultureInfo.InvariantCulture)}/";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Command.RunAsync(row.InClient(["curl", "-sSf", "-m", "2", "-o", "/dev/null", url]), TimeSpan.FromSeconds(5), cancellation);
                return;
            }
            catch (CompareException exception) when (attempt == 50)
            {
                throw new CompareException($"row {row.Name} does not answer: {exception.Message}");
            }
            catch (CompareException)
            {
                await Task.Delay(100, cancellation);
            }
        }
    }
}
