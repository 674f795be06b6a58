namespace Tandem;

/// <summary>The root of all faults Tandem raises. What a user can cause in normal work is a result, never an exception.</summary>
public class TandemException : Exception
{
    public TandemException(string message)
        : base(message)
    {
    }

    public TandemException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
