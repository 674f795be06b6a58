namespace Tandem.Specification.Servers;

/// <summary>A folder of its own that is gone afterwards.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("tandem-test-").FullName;

    public string Path { get; }

    /// <summary>A file's path inside.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
