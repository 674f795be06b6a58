using Tandem.Changes;

namespace Tandem.Live.Views;

/// <summary>What a step means to one listener.</summary>
/// <param name="Number">The step's number; rising.</param>
/// <param name="Cursor">Where the table stands after it.</param>
/// <param name="Net">The records concerned.</param>
/// <param name="IsReset">Whether everything must be read again.</param>
internal sealed record StepPart(long Number, Cursor Cursor, IReadOnlyList<NetChange> Net, bool IsReset);

/// <summary>Somebody who is told of steps.</summary>
internal interface IStepListener
{
    /// <summary>Takes a part in. Called in the order of steps, under the routes' lock: it must only note it.</summary>
    void Post(StepPart part);

    /// <summary>The table is closed; nothing more comes.</summary>
    void Close();
}
