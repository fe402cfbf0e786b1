namespace NodeMesh.Resources.Tests;

/// <summary>Finds files of the repository that tests compare with.</summary>
internal static class RepositoryFiles
{
    /// <summary>The path of a file or directory.</summary>
    /// <param name="path">Its path from the top.</param>
    public static string Find(string path)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "NodeMesh.sln")))
            {
                return Path.Combine(directory.FullName, path);
            }
        }

        throw new DirectoryNotFoundException($"there is no NodeMesh.sln above {AppContext.BaseDirectory}");
    }
}
