namespace Tandem.Admin.Lists.Importing;

/// <summary>What was sent and is not imported yet: few files, of limited size, for a limited time. Safe from any thread.</summary>
internal sealed class Uploads(TimeProvider clock)
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MaxBytes = 10_000_000;

    private const int MostOfOne = 3;
    private const int MostOfAll = 12;

    private static readonly TimeSpan s_kept = TimeSpan.FromHours(1);

    private readonly List<Upload> _kept = [];
    private readonly Lock _lock = new();

    /// <summary>Keeps a file. The oldest ones of its owner make room, but never one that is being imported.</summary>
    /// <returns>The file; null when there is no room.</returns>
    public Upload? Add(string owner, string table, string name, byte[] content)
    {
        lock (_lock)
        {
            Forget();
            while (_kept.Count(u => u.Owner == owner) >= MostOfOne && _kept.Find(u => u.Owner == owner && u.Run is not { IsDone: false }) is { } oldest)
            {
                _kept.Remove(oldest);
            }

            if (_kept.Count >= MostOfAll || _kept.Count(u => u.Owner == owner) >= MostOfOne)
            {
                return null;
            }

            var upload = new Upload(owner, table, name, content, clock.GetUtcNow());
            _kept.Add(upload);
            return upload;
        }
    }

    /// <summary>A file by its id, for its owner alone.</summary>
    public Upload? Find(string owner, string table, string id)
    {
        lock (_lock)
        {
            Forget();
            return _kept.Find(u => u.Id == id && u.Owner == owner && u.Table == table);
        }
    }

    private void Forget() => _kept.RemoveAll(u => clock.GetUtcNow() - u.At > s_kept && u.Run is not { IsDone: false });
}
